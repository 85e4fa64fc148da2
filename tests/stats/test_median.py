"""The median over clusters: by hand."""

import math

import numpy as np
import pytest
from scipy.stats import binom

from mmdt.core.cell import Cell
from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored
from mmdt.stats.median import MedianOverClusters, median_interval

CELL = Cell("privacy", "i2t", "location", "street")
MEDIAN = MedianOverClusters("km", "places")


def test_the_median_distance():
    data = [Scored(f"{km}", CELL, f"p{km}", 0, Score({"km": float(km)})) for km in (0, 10, 20, 500, 9000)]
    estimate = MEDIAN(Sample(data))
    assert (estimate.value, math.isnan(estimate.low), math.isnan(estimate.high)) == (20, True, True)
    assert estimate.method == "no interval below 6 places"
    six = MEDIAN(Sample([*data, Scored("7", CELL, "p7", 0, Score({"km": 7.0}))]))
    assert (six.value, six.low, six.high) == (15, 0, 9000)
    many = [Scored(f"{km}", CELL, f"p{km}", 0, Score({"km": float(km)})) for km in range(101)]
    wide = MEDIAN(Sample(many))
    assert wide.value == 50
    assert 35 < wide.low < 50 < wide.high < 65
    assert math.isnan(MEDIAN(Sample([])).value)


@pytest.mark.parametrize("number", range(6, 60))
def test_the_median_is_held_with_95_percent_and_no_pair_further_in_would_do(number):
    """The order statistics k and n + 1 - k hold the median with 1 - 2 P(fewer than k below it), exactly."""
    low, _ = median_interval(np.arange(1.0, number + 1))
    assert 1 - 2 * binom.cdf(low - 1, number, 0.5) >= 0.95 > 1 - 2 * binom.cdf(low, number, 0.5)
