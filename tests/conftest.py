"""Fixtures that several parts share."""

import pytest


@pytest.fixture(scope="session")
def hub_copy(tmp_path_factory):
    """A folder with small local copies of both published datasets, in the hub's layout."""
    from tests.hub_copy import write_copies

    return write_copies(tmp_path_factory.mktemp("hub"))
