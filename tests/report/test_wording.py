from __future__ import annotations

import math

import pytest

from mmdt.core.estimate import Estimate
from mmdt.report.wording import NO_VALUE, end_text, estimate_text, interval_text, value_text


@pytest.mark.parametrize(
    ("value", "percent", "text"),
    [
        (0.1234, True, "12.3%"),
        (0.0, True, "0.0%"),
        (1.0, True, "100.0%"),
        (-0.25, True, "-25.0%"),
        (-0.0001, True, "0.0%"),
        (0.1234, False, "0.123"),
        (12.34, False, "12.3"),
        (1234.5, False, "1,234"),
        (0.0, False, "0.000"),
        (-9.25e-18, False, "0.000"),
        (2.5e-7, False, "2.50e-07"),
        (math.nan, True, NO_VALUE),
        (math.nan, False, NO_VALUE),
    ],
)
def test_a_value_is_written_in_its_unit(value, percent, text):
    assert value_text(value, percent=percent) == text


def test_a_missing_interval_is_empty():
    assert interval_text(0.101, 0.148, percent=True) == "[10.1, 14.8]"
    assert interval_text(-0.5, 2.0, percent=False) == "[-0.500, 2.00]"
    assert interval_text(math.nan, 0.3, percent=True) == ""


def test_value_and_interval_together():
    assert estimate_text(Estimate("hgr", 0.123, 0.101, 0.148, 100, 100), percent=True) == "12.3% [10.1, 14.8]"
    assert estimate_text(Estimate("hgr", math.nan, math.nan, math.nan, 0, 0), percent=True) == NO_VALUE


def test_the_ends_of_an_axis_are_short():
    assert [end_text(x, percent=True) for x in (-1.0, 0.0, 1.0)] == ["-100%", "0%", "100%"]
    assert [end_text(x, percent=False) for x in (-1.0, 0.0, 0.3, 1.0, 12.5, 300.0, 2e7)] == [
        "-1", "0", "0.3", "1", "12.5", "300", "2.00e+07",
    ]  # fmt: skip
