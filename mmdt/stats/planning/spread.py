"""What an earlier run says about the next one: its rate, how alike its outputs are, and how two models differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmdt.core.score import Scored
from mmdt.stats.intervals.means import mean_estimate
from mmdt.stats.judge_correction import effective_n
from mmdt.stats.metrics import ClusteredMean

PRIOR_PAIRS = 0.5
"""Cases on which the two models differ either way, added before their variance is estimated."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One number of an earlier run, or what is assumed where there is none.

    ``rate``: within [0, 1]. ``efficiency``: independent outputs that one case was worth when it was asked ``repeats``
    times; one over it is the design effect of a case. ``within``: the share of a case's variance (at one output) that
    is chance within the case, which repeats average out; None where nothing was asked twice. ``paired``: the variance
    of the difference of two models on one case; None where it is not known. ``labels``: variance of what people's
    labels say about the judge, which more cases do not take away.
    """

    rate: float
    efficiency: float = 1.0
    repeats: float = 1.0
    within: float | None = None
    paired: float | None = None
    labels: float = 0.0
    cases: int = 0

    def worth(self, repeats: int) -> float:
        """Independent outputs that a case is worth when it is asked ``repeats`` times."""
        if self.within is None:
            return self.efficiency
        unit = self.rate * (1 - self.rate)
        whole = unit / self.efficiency
        between = max(whole - self.within / self.repeats, 0.0)
        return unit / max(between + self.within / repeats, 1e-12)


def spread_of(mean: ClusteredMean, rows: Sequence[Scored]) -> Spread | None:
    """The spread of a mean of bounded values over the outputs of a cell; None where there are too few to say."""
    if mean.bounds is None:
        return None
    least, most = mean.bounds
    known = [((value - least) / (most - least), row) for value, row in mean.counted(rows) if not math.isnan(value)]
    if len(known) < 2:
        return None
    values, clusters = [value for value, _ in known], [row.cluster for _, row in known]
    estimate = mean_estimate(mean.name, values, clusters, direction=mean.direction)
    by_case: dict[str, list[float]] = {}
    for value, row in known:
        by_case.setdefault(row.case_id, []).append(value)
    number = effective_n(estimate)
    if math.isnan(number):
        return None
    several = [each for each in by_case.values() if len(each) > 1]
    within = float(np.mean([np.var(each, ddof=1) for each in several])) if several else None
    rate = (estimate.value * number + 0.5) / (number + 1)
    repeats = len(known) / len(by_case)
    return Spread(rate, number / len(by_case), repeats, within, cases=len(by_case))


def paired_variance(mean: ClusteredMean, one: Sequence[Scored], other: Sequence[Scored]) -> float | None:
    """The variance of the difference of two models on one case, from the cases that both were asked; their clusters are
    the units. None where there are fewer than two."""
    if mean.bounds is None:
        return None
    scale = mean.bounds[1] - mean.bounds[0]
    first, second = _by_case(mean, one), _by_case(mean, other)
    shared = [name for name in first if name in second]
    clusters: dict[str, list[float]] = {}
    for name in shared:
        clusters.setdefault(first[name][1], []).append((second[name][0] - first[name][0]) / scale)
    if len(clusters) < 2:
        return None
    sums = np.array([sum(each) for each in clusters.values()])
    sizes = np.array([len(each) for each in clusters.values()], np.float64)
    centre = float(sums.sum() / sizes.sum())
    squares = float(((sums - centre * sizes) ** 2).sum()) * len(sums) / (len(sums) - 1)
    return (squares + 2 * PRIOR_PAIRS) / (len(shared) + 2 * PRIOR_PAIRS)


def _by_case(mean: ClusteredMean, rows: Sequence[Scored]) -> dict[str, tuple[float, str]]:
    """Case -> the mean of its values, and its cluster."""
    found: dict[str, list[float]] = {}
    clusters: dict[str, str] = {}
    for value, row in mean.counted(rows):
        if not math.isnan(value):
            found.setdefault(row.case_id, []).append(value)
            clusters[row.case_id] = row.cluster
    return {name: (sum(each) / len(each), clusters[name]) for name, each in found.items()}
