"""The median over clusters: by hand."""

import math

from mmdt.core.cell import Cell
from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored
from mmdt.stats.median import MedianOverClusters

CELL = Cell("privacy", "i2t", "location", "street")
MEDIAN = MedianOverClusters("km", "places")


def test_the_median_distance():
    data = [Scored(f"{km}", CELL, f"p{km}", 0, Score({"km": float(km)})) for km in (0, 10, 20, 500, 9000)]
    estimate = MEDIAN(Sample(data))
    assert (estimate.value, estimate.low, estimate.high) == (20, 0, 9000)
    many = [Scored(f"{km}", CELL, f"p{km}", 0, Score({"km": float(km)})) for km in range(101)]
    wide = MEDIAN(Sample(many))
    assert wide.value == 50
    assert 35 < wide.low < 50 < wide.high < 65
    assert math.isnan(MEDIAN(Sample([])).value)
