"""The median of a component over clusters, with an interval from order statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Sample
from mmdt.stats.estimates import count_missing, no_estimate
from mmdt.stats.intervals.wilson import Floats, Interval


@dataclass(frozen=True, slots=True)
class MedianOverClusters:
    """Median over clusters of the mean of ``component`` within each; higher is better.

    ``clusters_are`` says what a cluster is, for the name of the method ("places").
    """

    component: str
    clusters_are: str

    def __call__(self, sample: Sample) -> Estimate:
        by_cluster: dict[str, list[float]] = {}
        for row in sample.rows:
            if self.component in row.score.values:
                by_cluster.setdefault(row.cluster, []).append(row.score.values[self.component])
        if not by_cluster:
            return no_estimate(self.component, sample.rows, "higher")
        values = np.sort([float(np.mean(each)) for each in by_cluster.values()])
        low, high = median_interval(values)
        return Estimate(
            metric=self.component,
            value=float(np.median(values)),
            low=low,
            high=high,
            n=sum(map(len, by_cluster.values())),
            clusters=len(values),
            missing=count_missing(sample.rows),
            direction="higher",
            method=f"order statistics over {self.clusters_are}",
        )


def median_interval(ordered: Floats) -> Interval:
    """The narrowest symmetric pair of order statistics that holds the median with 95 % (binomial).

    ``ordered``: at least one value, ascending. For few values, the smallest and the largest.
    """
    from scipy.stats import binom

    number = len(ordered)
    below = int(binom.ppf(0.025, number, 0.5))
    if binom.cdf(below - 1, number, 0.5) > 0.025 or below < 1:
        below = 1
    return float(ordered[below - 1]), float(ordered[number - below])
