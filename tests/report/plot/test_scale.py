from __future__ import annotations

import math
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mmdt.report.plot.scale import Scale

GREATEST, SUBNORMAL = sys.float_info.max, 5e-324


def texts(scale, *, percent):
    return [scale.text(tick, percent=percent) for tick in scale.ticks]


def test_ticks_are_round_numbers_with_as_many_decimals_as_they_need():
    assert texts(Scale.of([0.31, 0.382]), percent=True) == ["0%", "10%", "20%", "30%", "40%"]
    assert texts(Scale.of([0.23]), percent=False) == ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25"]
    assert texts(Scale.of([0.004]), percent=True) == ["0.0%", "0.1%", "0.2%", "0.3%", "0.4%"]
    assert texts(Scale.of([-0.4, 0.9]), percent=False) == ["-0.5", "0.0", "0.5", "1.0"]
    assert texts(Scale.of([4300.0]), percent=False) == ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]


def test_very_small_and_very_large_ticks_have_an_exponent():
    assert texts(Scale.of([4e-9]), percent=False) == ["0", "1e-09", "2e-09", "3e-09", "4e-09"]
    assert texts(Scale.of([-3e-10, 2e-10]), percent=False) == ["-3e-10", "-2e-10", "-1e-10", "0", "1e-10", "2e-10"]
    assert texts(Scale.of([1.1e12]), percent=False) == ["0", "5.0e+11", "1.0e+12", "1.5e+12"]


@pytest.mark.parametrize(
    "values", [[], [0.0], [-0.0], [math.nan], [SUBNORMAL], [-SUBNORMAL, SUBNORMAL], [1e-13], [math.inf, -math.inf]]
)
def test_values_that_do_not_differ_from_zero_still_have_an_axis(values):
    assert Scale.of(values) == Scale(0.0, 0.1, 0.02)


def test_infinities_are_ignored_and_drawn_at_the_ends():
    scale = Scale.of([-math.inf, 0.31, math.inf])
    assert scale == Scale.of([0.31])
    assert [scale.share(each) for each in (-math.inf, math.inf)] == [0.0, 1.0]
    assert math.isnan(scale.share(math.nan))


def test_the_greatest_floats_are_drawn_at_the_ends_of_a_finite_axis():
    scale = Scale.of([-GREATEST, GREATEST])
    assert math.isfinite(scale.high - scale.low)
    assert [scale.share(each) for each in (-GREATEST, 0.0, GREATEST)] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("high", [0.2, 0.5, 1.0])
def test_a_share_never_asks_for_more_than_all(high):
    assert Scale.of([high]).high == pytest.approx(high)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
@example([SUBNORMAL])
@example([1e-12])
def test_everyday_values_are_all_within_the_axis(values):
    scale = Scale.of(values)
    room = 1e-6 * (scale.high - scale.low)
    assert all(scale.low - room <= value <= scale.high + room for value in [0.0, *values])


@given(st.lists(st.floats()), st.booleans())
@example([SUBNORMAL], False)
@example([GREATEST], True)
@example([-GREATEST, GREATEST], True)
@example([1e300], True)
@example([-SUBNORMAL, 1e-300], False)
@example([SUBNORMAL, GREATEST], False)
def test_any_values_get_a_few_ticks_with_different_short_texts(values, percent):
    scale = Scale.of(values)
    assert -math.inf < scale.low <= 0 <= scale.high < math.inf
    assert all(0 <= scale.share(value) <= 1 for value in values if not math.isnan(value))
    assert 2 <= len(scale.ticks) <= 8
    found = texts(scale, percent=percent)
    assert len(set(found)) == len(scale.ticks)
    assert all(len(text) <= 13 for text in found)
