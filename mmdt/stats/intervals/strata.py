"""The interval of a mean over outputs from several strata: the tasks of a scenario, in fixed shares.

Where the tasks' rates are far apart, an interval that treats the outputs as one sample is too wide, because differences
between tasks are not chance. So the variance is that around each stratum's own mean. A stratum's mean is pulled towards
the common one by one cluster that is distributed like all outputs, as in a beta-binomial model of the strata. Without
it, a small stratum whose outputs happen to agree would count as certain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmdt.stats.intervals.clusters import PRIOR, Names, codes, degrees_of_freedom
from mmdt.stats.intervals.special import ndtri, stdtrit
from mmdt.stats.intervals.wilson import LEVEL, Floats, Interval, wilson


@dataclass(frozen=True, slots=True)
class _Strata:
    """Of each stratum: number of outputs, the mean they are measured from, and the factor of their squared residuals.

    ``added``: what the clusters that pull the means towards the common one add to the sum of squares.
    """

    sizes: Floats
    means: Floats
    scales: Floats
    added: float

    @classmethod
    def of(
        cls, values: Floats, weights: Floats, index: NDArray[np.intp], common: float, typical: Floats | float
    ) -> _Strata:
        """The strata's means are pulled towards the ``common`` one by one cluster of the stratum's ``typical`` size."""
        sizes = np.bincount(index, weights).astype(np.float64)
        share = typical / (sizes + typical)
        means = np.bincount(index, values * weights) / sizes * (1 - share) + common * share
        scales = (1 - share) * (1 + share)
        added = typical**2 * (common * (1 - means) ** 2 + (1 - common) * means**2)
        return cls(sizes, means, scales, float((scales * added).sum()))


def stratified_interval(
    values: Floats,
    clusters: Names,
    strata: Names,
    *,
    binary: bool,
    weights: Floats | None = None,
    level: float = LEVEL,
) -> Interval:
    """Wilson's interval on the effective number of outputs within [0, 1] that come from strata of fixed shares.

    For independent 0/1 values the effective number is ``n`` times ``p (1 - p)`` over the mean of the strata's own
    ``p_h (1 - p_h)``; otherwise it follows from the cluster-robust variance, as without strata. ``weights``, with a
    mean of one, give the strata other shares than those of their outputs: the variance is then that of the weighted
    mean, the sum over strata of ``W_h**2 p_h (1 - p_h) / n_h`` (Cochran 1977, Sampling Techniques, chapter 5).
    """
    n = len(values)
    each = np.ones(n) if weights is None else weights
    mean = min(max(float((values * each).sum()) / n, 0.0), 1.0)
    index, members = codes(strata), codes(clusters)
    sizes = np.bincount(members, each)
    if binary and len(sizes) == n:
        effective = _independent(values, each, index, level)
    else:
        effective = max(_clustered(values, each, index, members, level), n * n / float((sizes**2).sum()))
        effective = min(effective, _independent(values, each, index, level)) if binary else effective
    return wilson(mean * effective, effective, level)


def _independent(values: Floats, weights: Floats, index: NDArray[np.intp], level: float) -> float:
    n = len(values)
    mean = float((values * weights).sum()) / n
    counts, shares = np.bincount(index).astype(np.float64), np.bincount(index, weights) / n
    weighted = bool(np.ptp(weights) > 0)
    if values.min() == values.max():  # by the values: with weights, a mean of ones may be less than 1 by rounding
        return 1 / float((shares**2 / counts).sum()) if weighted else float(n)
    strata = _Strata.of(values, np.ones(n), index, mean, 1.0)
    parts = shares**2 * strata.means * (1 - strata.means) * (1 + 1 / (counts + 1)) / counts
    effective = mean * (1 - mean) / float(parts.sum())
    if not weighted:
        return max(float(n), effective)  # strata of fixed shares never lose to one sample
    freedom = float(parts.sum()) ** 2 / float((parts**2 / np.maximum(counts - 1, 1)).sum())
    return effective * (float(ndtri((1 + level) / 2)) / float(stdtrit(freedom, (1 + level) / 2))) ** 2


def _clustered(
    values: Floats, weights: Floats, index: NDArray[np.intp], members: NDArray[np.intp], level: float
) -> float:
    """The effective number, from the spread of whole clusters; each output is measured from its stratum's mean."""
    sizes = np.bincount(members, weights).astype(np.float64)
    if len(sizes) < 2:
        return 0.0
    piece_of = members * (int(index.max()) + 1) + index  # the outputs of one cluster in one stratum
    pieces, first, piece = np.unique(piece_of, return_index=True, return_inverse=True)
    masses = np.bincount(piece, weights)
    typical_piece = np.bincount(index[first], masses**2) / np.bincount(index, weights)
    typical = float((sizes**2).sum() / sizes.sum())
    n = len(values) + 2 * PRIOR * typical
    common = (float((values * weights).sum()) + PRIOR * typical) / n
    strata = _Strata.of(values, weights, index, common, typical_piece)
    away = weights * (values - strata.means[index]) * np.sqrt(strata.scales[index])
    squares = float((np.bincount(members, away) ** 2).sum()) + strata.added
    squares += PRIOR * typical**2 * ((1 - common) ** 2 + common**2)
    # a stratum with clusters of its own costs a degree of freedom; clusters that reach into all strata cost hardly any
    lost = (len(strata.sizes) - 1) * len(sizes) / len(pieces)
    freedom = max(1.0, degrees_of_freedom(sizes) + 2 * PRIOR - lost)
    reach = float(ndtri((1 + level) / 2)) / float(stdtrit(freedom, (1 + level) / 2))
    return common * (1 - common) / (squares / n**2) * reach**2
