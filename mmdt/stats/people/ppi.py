"""PPI++: the mean of people's values over all outputs, from a judge's values of all and people's of some.

Angelopoulos, Duchi and Zrnic (2023), arXiv 2311.01453, for means; with inclusion probabilities as in Zrnic and Candes
(2024), arXiv 2403.03208; with variances over clusters.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmdt.stats.intervals.clusters import cluster_totals, cr2_variance, degrees_of_freedom, picked
from mmdt.stats.intervals.special import stdtrit
from mmdt.stats.intervals.wilson import LEVEL, UNIT, Bounds, Floats
from mmdt.stats.people.stratified import share_error

METHOD = "PPI++"


@dataclass(frozen=True, slots=True)
class PredictionPowered:
    """``weight`` is PPI's lambda: 1 trusts the judge as far as possible, 0 is labels alone."""

    value: float
    low: float
    high: float
    weight: float
    labels: int


def ppi_mean(
    judged: Floats,
    people: Floats,
    clusters: Sequence[Hashable],
    *,
    probability: Floats | None = None,
    bounds: Bounds = UNIT,
    level: float = LEVEL,
) -> PredictionPowered:
    """The mean of people's values with its interval, cut off at the bounds.

    ``judged``: the judge's value of each output (no NaN); ``people``: of the labelled, NaN elsewhere; ``probability``:
    that with which each output was chosen for a label, in any unit (equal by default). The weight of the judge is the
    one of least variance, between 0 and 1: for a judge that is noise it is near 0, and what is left are the labels
    alone. The variance is over clusters, and labels and unlabelled outputs of one cluster count together. NaN without
    an interval for fewer than two labels.
    """
    known = ~np.isnan(people)
    n, total = int(known.sum()), len(judged)
    if n < 2:
        return PredictionPowered(float(people[known].mean()) if n else math.nan, math.nan, math.nan, math.nan, n)
    shares = np.zeros(total)
    shares[known] = 1.0 if probability is None else 1.0 / probability[known]
    shares *= total / shares.sum()
    labels = np.where(known, people, 0.0)
    # the value is linear in the weight: mean(labels * share) + weight * mean(judged * (1 - share))
    fixed = shares * (labels - float((shares * labels).sum()) / total)
    slope = (judged - judged.mean()) - shares * (judged - float((shares * judged).sum()) / total)
    fixed_sums, sizes = cluster_totals(fixed, clusters)
    slope_sums, _ = cluster_totals(slope, clusters)
    spread = float((slope_sums**2).sum())
    weight = min(max(-float((fixed_sums * slope_sums).sum()) / spread, 0.0), 1.0) if spread > 0 else 0.0
    value = float((shares * labels).sum()) / total + weight * (
        float(judged.mean()) - float((shares * judged).sum()) / total
    )
    variance = cr2_variance(fixed_sums + weight * slope_sums, sizes) * n / (n - 1)
    labelled = cluster_totals(known.astype(float), clusters)[0]
    freedom = degrees_of_freedom(labelled[labelled > 0]) if (labelled > 0).sum() > 1 else 1.0
    half = float(stdtrit(max(freedom, 1.0), (1 + level) / 2)) * math.sqrt(max(variance, 0.0))
    low, high = (-math.inf, math.inf) if bounds is None else bounds
    value = min(max(value, low), high)
    return PredictionPowered(value, max(value - half, low), min(value + half, high), weight, n)


def mean_beside_settled(
    judged: Floats, people: Floats, clusters: Sequence[Hashable], settled: NDArray[np.bool_]
) -> tuple[float, float, float]:
    """(value, low, high) of the mean over all outputs, of which some are settled without a label.

    Labels were chosen by verdict, so each stands for the outputs of its verdict: they count with that probability.
    """
    open_ = np.flatnonzero(~settled)
    mine, theirs = judged[open_], people[open_]
    known = ~np.isnan(theirs)
    probability = np.full(len(open_), known.mean() if len(open_) else math.nan)
    if np.isin(mine, UNIT).all():
        for verdict in UNIT:
            if (of_verdict := mine == verdict).any():
                probability[of_verdict] = known[of_verdict].mean()
        if (probability == 0).any():
            return math.nan, math.nan, math.nan
    found = ppi_mean(mine, theirs, picked(clusters, ~settled), probability=probability)
    means = np.where(settled, people, found.value)
    value, share = float(means.mean()), len(open_) / len(judged)
    of_shares = share_error(means, clusters, LEVEL)
    below, above = share * (found.value - found.low), share * (found.high - found.value)
    return value, max(value - math.hypot(below, of_shares), 0.0), min(value + math.hypot(above, of_shares), 1.0)
