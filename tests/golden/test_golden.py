"""A part of the golden export, small enough for every run of the tests: no number of it has changed.

Where a change is meant to move numbers, write the export anew and commit it with that change (README.md beside this
file).
"""

import pytest

from tests.golden.export import collect, differences, read

SAMPLE = ("demo", "published")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SAMPLE)
def test_no_number_has_changed(name, tmp_path):
    found = collect(tmp_path, [name])[name]
    assert found["estimates"] and found["scores"]
    assert list(differences(read(name), found, name)) == []


def test_a_changed_number_is_a_difference():
    before = {"a": {"value": 0.5, "n": 3}, "b": None}
    assert list(differences(before, before)) == []
    assert list(differences(before, {"a": {"value": 0.5 + 1e-12, "n": 3}, "b": None})) == []
    assert len(list(differences(before, {"a": {"value": 0.51, "n": 3}, "b": 0.0}))) == 2
    assert len(list(differences(before, {"a": {"value": 0.5}}))) == 2
