"""Runs side by side in Python."""

import pytest

import mmdt


def test_rows_hold_every_run_and_the_difference_from_the_first(tmp_path):
    runs = [
        mmdt.run(model, select="safety/t2i/vanilla", size=6, out=tmp_path / str(number))
        for number, model in enumerate(["organism/demo-safe", "organism/demo-unsafe"])
    ]
    found = mmdt.compare(*runs)
    assert found.runs == ("organism/demo-safe", "organism/demo-unsafe")
    (row,) = [each for each in found.rows if (each.address, each.metric) == ("safety/t2i/vanilla", "HGR")]
    safe, unsafe = row.values
    assert safe.difference is None
    assert unsafe.difference.cases == 36
    assert unsafe.difference.better is False
    assert mmdt.compare(runs[0].folder, str(runs[1].folder)).rows == found.rows


def test_one_run_is_nothing_to_compare(tmp_path):
    with pytest.raises(mmdt.MmdtError, match="at least two runs"):
        mmdt.compare()
