from __future__ import annotations

import math

import pytest

from mmdt.core.estimate import Estimate
from mmdt.report.plot.axis import Axis, Whisker


def made(value, low=math.nan, high=math.nan):
    return Estimate("m", value, low, high, 10, 10)


def test_shares_are_drawn_from_zero_to_one_or_around_zero():
    assert Axis.of([made(0.2, 0.1, 0.3)]) == Axis(0.0, 1.0)
    assert Axis.of([made(0.02, 0.01, 0.03)]) == Axis(0.0, 1.0)  # a narrow axis would make little look like much
    assert Axis.of([made(0.2, -0.1, 0.3), made(0.5)]) == Axis(-1.0, 1.0)


def test_other_numbers_span_zero_and_their_limits():
    assert Axis.of([made(4, 3, 9), made(2, 1, 3)]) == Axis(0.0, 9)
    assert Axis.of([made(-4, -5, -3)]) == Axis(-5, 0.0)
    assert Axis.of([made(math.nan)]) == Axis(0.0, 1.0)
    assert Axis.of([]) == Axis(0.0, 1.0)


def test_positions_are_shares_of_the_axis():
    whisker = Whisker.of(made(0.0, -0.5, 0.5), Axis(-1.0, 1.0))
    assert whisker == Whisker(0.5, 0.25, 0.75, 0.5)
    assert Whisker.of(made(0.2, 0.1, 0.4), Axis(0.0, 1.0)).zero is None


def test_very_large_numbers_have_a_position():
    axis = Axis.of([made(0.0, -1.7e308, 1.7e308)])
    assert [axis.position(each) for each in (-1.7e308, 0.0, 1.7e308, math.inf)] == [0.0, 0.5, 1.0, 1.0]


def test_half_an_interval_is_no_interval():
    whisker = Whisker.of(made(0.2, 0.1, math.nan), Axis(0.0, 1.0))
    assert (whisker.low, whisker.high) == (None, None)
    assert whisker.value == pytest.approx(0.2)
