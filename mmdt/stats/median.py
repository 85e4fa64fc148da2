"""The median of a component over clusters, with an interval from order statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Sample
from mmdt.stats.estimates import count_missing, no_estimate
from mmdt.stats.intervals.special import bdtr
from mmdt.stats.intervals.wilson import NOWHERE, Floats, Interval

LEAST = 6
"""Values of which the smallest and the largest hold the median with 95 %."""


@dataclass(frozen=True, slots=True)
class MedianOverClusters:
    """Median over clusters of the mean of ``component`` within each; higher is better.

    Below six clusters it has no interval: the smallest and the largest of five values hold the median 94 % of the time,
    those of three 75 %.

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
        enough = len(values) >= LEAST
        return Estimate(
            metric=self.component,
            value=float(np.median(values)),
            low=low,
            high=high,
            n=sum(map(len, by_cluster.values())),
            clusters=len(values),
            missing=count_missing(sample.rows),
            direction="higher",
            method=f"order statistics over {self.clusters_are}"
            if enough
            else f"no interval below {LEAST} {self.clusters_are}",
        )

    def influence(self, sample: Sample) -> dict[str, float]:
        """Cluster -> its contribution to the error of the median: half the density's inverse, above or below it, with
        the density from the interval's width (McKean and Schrader 1984, Communications in Statistics 13). Empty where
        there is no interval."""
        found = self(sample)
        if np.isnan(found.high - found.low):
            return {}
        by_cluster: dict[str, list[float]] = {}
        for row in sample.rows:
            if self.component in row.score.values:
                by_cluster.setdefault(row.cluster, []).append(row.score.values[self.component])
        size = (found.high - found.low) / (2 * 1.96) / len(by_cluster) ** 0.5
        return {key: size * float(np.sign(np.mean(each) - found.value)) for key, each in by_cluster.items()}


def median_interval(ordered: Floats) -> Interval:
    """The narrowest symmetric pair of order statistics that holds the median with 95 % (binomial).

    ``ordered``: at least one value, ascending. NaN for fewer than six values: no pair of them does.
    """
    number = len(ordered)
    if number < LEAST:
        return NOWHERE
    counts = np.arange(number // 2 + 1)  # the median of the binomial distribution is not beyond half
    below = int(np.searchsorted(bdtr(counts, number, 0.5), 0.025))
    return float(ordered[below - 1]), float(ordered[number - below])
