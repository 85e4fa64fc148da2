from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.report.plot.scale import Scale


def texts(scale, *, percent):
    return [scale.text(tick, percent=percent) for tick in scale.ticks]


def test_ticks_are_round_numbers_with_as_many_decimals_as_they_need():
    assert texts(Scale.of([0.31, 0.382]), percent=True) == ["0%", "10%", "20%", "30%", "40%"]
    assert texts(Scale.of([0.23]), percent=False) == ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25"]
    assert texts(Scale.of([0.004]), percent=True) == ["0.0%", "0.1%", "0.2%", "0.3%", "0.4%"]
    assert texts(Scale.of([-0.4, 0.9]), percent=False) == ["-0.5", "0.0", "0.5", "1.0"]
    assert texts(Scale.of([4300.0]), percent=False) == ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]


def test_there_is_an_axis_without_any_size():
    assert Scale.of([0.0, math.nan]) == Scale(0.0, 0.1, 0.02)
    assert Scale.of([]).ticks[0] == 0


@pytest.mark.parametrize("high", [0.2, 0.5, 1.0])
def test_a_share_never_asks_for_more_than_all(high):
    assert Scale.of([high]).high == pytest.approx(high)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_everything_is_on_it_and_the_ticks_are_few(values):
    scale = Scale.of(values)
    assert all(-1e-6 <= scale.share(value) <= 1 + 1e-6 for value in [0.0, *values])
    assert 2 <= len(scale.ticks) <= 8
    assert len(set(texts(scale, percent=False))) == len(scale.ticks)
