"""Intervals of sizes, from intervals of signed values: by hand."""

import math

import pytest

from mmdt.stats.intervals.size import mean_size_interval, size_interval


def test_the_interval_of_a_size():
    assert size_interval(-0.1, 0.3) == (0.0, 0.3)
    assert size_interval(-0.4, -0.1) == (0.1, 0.4)
    assert size_interval(0.2, 0.5) == (0.2, 0.5)


def test_an_unknown_interval_has_an_unknown_size():
    assert all(math.isnan(end) for end in size_interval(math.nan, math.nan))


def test_the_mean_of_sizes_has_the_mean_ends():
    """Sizes 0 to 0.3 (both signs possible), 0.1 to 0.4 and 0.2 to 0.5."""
    low, high = mean_size_interval([(-0.1, 0.3), (-0.4, -0.1), (0.2, 0.5)])
    assert (low, high) == (pytest.approx(0.1), pytest.approx(0.4))
