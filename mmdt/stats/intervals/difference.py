"""The interval of a difference between two means within [0, 1] that come from the same clusters.

Examples: approval rates of favoured and other applicants, answers that favour one side and those that favour the other.
Each mean has an interval that keeps its level near 0 and 1 (``unit_interval``). The limits of the difference are
recovered from these and from the correlation of the two means. For independent pairs of 0/1 values that is method 10 of
Newcombe (1998, Statistics in Medicine 17, 2635), with his correction of the correlation; for clusters it is MOVER (Zou
and Donner 2008, Statistics in Medicine 27).

A bootstrap of the difference is no substitute: where nearly all applicants are approved, most of its resamples are the
same few values, and its 95 % intervals hold the truth 80 to 90 % of the time.
"""

from __future__ import annotations

import math

import numpy as np

from mmdt.stats.intervals.bootstrap import is_values_only
from mmdt.stats.intervals.means import unit_interval
from mmdt.stats.intervals.wilson import LEVEL, NOWHERE, Floats, Interval


def difference_interval(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], *, binary: bool, level: float = LEVEL
) -> Interval:
    """Limits of the first mean minus the second, within [-1, 1].

    Each side is (sums, sizes) by cluster, the same clusters in the same order; a size may be zero. NaN where a
    side has no outputs at all. ``binary``: every single value is 0 or 1.
    """
    sides = [_present(*side) for side in (first, second)]
    if not all(len(sizes) for _, sizes in sides) or is_values_only():
        return NOWHERE
    one, other = (float(sums.sum() / sizes.sum()) for sums, sizes in sides)
    (low, high), (other_low, other_high) = (unit_interval(*side, binary=binary, level=level) for side in sides)
    correlation = _correlation(first, second)
    below = _difference_of_arms(one - low, other_high - other, correlation)
    above = _difference_of_arms(high - one, other - other_low, correlation)
    return max(one - other - below, -1.0), min(one - other + above, 1.0)


def influence(sums: Floats, sizes: Floats) -> Floats:
    """Each cluster's contribution to (mean - expected mean), to first order."""
    n = sizes.sum()
    return np.asarray((sums - sums.sum() / n * sizes) / n)


def _present(sums: Floats, sizes: Floats) -> tuple[Floats, Floats]:
    return sums[sizes > 0], sizes[sizes > 0]


def _difference_of_arms(one: float, other: float, correlation: float) -> float:
    """The length of the difference of two interval arms with this correlation."""
    return math.sqrt(max(one * one - 2 * correlation * one * other + other * other, 0.0))


def _correlation(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> float:
    """Of the two means over the clusters; zero where one of them has no spread.

    A positive correlation narrows the interval, so it is first reduced by what half an output could contribute
    (Newcombe's continuity correction): few clusters often look more correlated than they are.
    """
    one, other = influence(*first), influence(*second)
    spread = math.sqrt(float(one @ one) * float(other @ other))
    if spread <= 0:
        return 0.0
    together = float(one @ other)
    if together > 0:
        outputs = math.sqrt(float(first[1].sum() * second[1].sum()))
        together = max(together - 1 / (2 * len(one) * outputs), 0.0)
    return min(max(together / spread, -1.0), 1.0)
