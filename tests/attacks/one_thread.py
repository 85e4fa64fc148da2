"""One thread for the networks of these tests: they are so small that more threads only wait for each other."""

import pytest

from tests.tiny import need


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    need("torch")
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
