"""Limits of a mean that hold at any time, by betting: the hedged capital of Waudby-Smith and Ramdas.

Someone who bets against the claim "the mean is ``m``" starts with a capital of 1 and, before each cluster is seen, bets
a share of it. If the claim is true the capital is a nonnegative martingale, so it ever reaches ``2 / alpha`` with a
probability of at most ``alpha / 2`` (Ville). The lower limit is the greatest ``m`` against which bets on higher values
ever got that far, the upper limit is made likewise, and both hold for all times at once: whoever looks after each case,
and stops when it suits, is as safe as someone who looks once (Waudby-Smith and Ramdas 2024, J. Royal Statistical
Society B 86, Theorem 3; without replacement their section 5).

How much is bet decides when limits are close. One rule for all times (the predictable plug-in of the source) bets too
little after thousands of clusters: at a rate of one half, an interval of 0.05 takes 7,700 outputs. So the capital is
split over bets that are each best by a horizon, from 16 clusters to 262,144, and what counts is the whole: 3,900
outputs, and four more in seventy where a gate is decided early.

Two things are more general here. Clusters hold several outputs, and the mean is that over outputs, ``m = sum S / sum
N``: the bet is on ``S - m N`` of a cluster, whose expectation is zero if the claim is true. And where the clusters are
all there are, in random order, what is left must make up for what was seen: after ``t`` clusters of ``C`` the next one
is expected to bring ``-(sum of S - m N so far) / (C - t)``, which the bet is measured from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mmdt.stats.intervals.wilson import LEVEL, Floats, Interval

MOST_OF_THE_CAPITAL = 0.75
"""The greatest share of the capital that one cluster can lose."""
PRIOR_VARIANCE = 0.25
"""The variance of values within [0, 1] is assumed to be this until one is seen, and weighs as one cluster."""
HORIZONS = 16.0 * 4.0 ** np.arange(8)
"""Clusters by which a bet is to grow most: from 16 to 262,144."""
WEIGHTS = np.asarray(1 / np.arange(1, 9) / (1 / np.arange(1, 9)).sum())
"""The share of the capital for each horizon. Most of it is for the near ones, where a gate is often decided."""
HALVINGS = 26
"""Limits are found to less than 1e-7, and given outwards."""


@dataclass(frozen=True)
class Seen:
    """Clusters in the random order in which they were asked.

    ``sums``: of each, the sum of its values, each within [0, 1]; ``sizes``: how many values those are, at most
    ``largest``. ``population``: the number of all clusters, where these are drawn from it without replacement; None
    where they are drawn independently. ``rest``: the most values that the clusters not seen yet can hold.
    """

    sums: Floats
    sizes: Floats
    largest: float
    population: int | None = None
    rest: float = 0.0

    @property
    def mirrored(self) -> Seen:
        """With one minus each value, so that an upper limit is a lower one."""
        return Seen(self.sizes - self.sums, self.sizes, self.largest, self.population, self.rest)


def limits(seen: Seen, level: float = LEVEL) -> Interval:
    """Lower and upper limit of the mean, from everything seen up to now; they only ever come closer.

    In a finite population also what is certain counts: values not seen yet lie within [0, 1].
    """
    return lower_limit(seen, level), 1.0 - lower_limit(seen.mirrored, level)


def lower_limit(seen: Seen, level: float = LEVEL) -> float:
    """The greatest mean that is rejected from below; 0 where none is."""
    bets = _Bets.of(seen, level)
    if not bets.reject(0.0):
        return bets.certain
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if bets.reject(middle) else (low, middle)
    return max(low, bets.certain)


def rejected_from_below(seen: Seen, mean: float, level: float = LEVEL) -> bool:
    """Whether the true mean is above ``mean``: the lower limit lies at or above it. Quicker than the limit."""
    bets = _Bets.of(seen, level)
    return bets.reject(mean) or bets.certain > mean


def rejected_from_above(seen: Seen, mean: float, level: float = LEVEL) -> bool:
    """Whether the true mean is below ``mean``."""
    return rejected_from_below(seen.mirrored, 1.0 - mean, level)


def first_rejected(seen: Seen, mean: float, level: float = LEVEL) -> int | None:
    """After how many clusters the mean is rejected from below or above; None where it never is."""
    ones = (_Bets.of(seen, level).first(mean), _Bets.of(seen.mirrored, level).first(1.0 - mean))
    return min((each for each in ones if each is not None), default=None)


@dataclass(frozen=True)
class _Bets:
    """Bets on higher values against any mean, one a cluster, and what they need to know of it beforehand."""

    gains: Floats
    """What a cluster brings at a mean of zero."""
    costs: Floats
    """What is subtracted from it for each unit of the mean."""
    stakes: Floats
    reach: tuple[Floats, Floats]
    """The most that a bet can lose at mean ``m`` is ``m * reach[0] - reach[1]``."""
    certain: float
    threshold: float

    @classmethod
    def of(cls, seen: Seen, level: float) -> _Bets:
        values, shares = seen.sums / seen.largest, seen.sizes / seen.largest
        number = len(values)
        before, behind = _before(values), _before(shares)
        if seen.population is None:
            left = np.full(number, math.inf)
        else:
            left = seen.population - np.arange(number, dtype=np.float64)
        owed, held = before / left, behind / left
        alpha = 1 - level
        certain = 0.0
        if seen.population is not None:
            certain = float(seen.sums.sum()) / max(float(seen.sizes.sum()) + seen.rest, 1e-300)
        stakes, threshold = _stakes(values, shares, alpha), math.log(2 / alpha)
        return cls(values + owed, shares + held, stakes, (1.0 + held, owed), certain, threshold)

    def reject(self, mean: float) -> bool:
        """Whether the capital ever reaches the threshold. It falls in ``mean``, so what is below is rejected too."""
        return self.first(mean) is not None

    def first(self, mean: float) -> int | None:
        """After how many clusters it does."""
        loss = mean * self.reach[0] - self.reach[1]
        impossible = loss < -1e-12
        stake = np.minimum(self.stakes, MOST_OF_THE_CAPITAL / np.maximum(loss, 1e-300))
        each = np.cumsum(np.log1p(stake * np.where(impossible, 0.0, self.gains - mean * self.costs)), axis=1)
        grown = np.logaddexp.reduce(each + np.log(WEIGHTS)[:, None], axis=0)
        there = np.flatnonzero(impossible | (grown >= self.threshold))
        return int(there[0]) + 1 if len(there) else None


def _before(values: Floats) -> Floats:
    """The sum of all earlier values, at each place."""
    return np.concatenate([[0.0], np.cumsum(values)[:-1]]) if len(values) else values


def _stakes(values: Floats, shares: Floats, alpha: float) -> Floats:
    """``sqrt(2 (log(2 / alpha) + log(1 / weight)) / (v horizon))`` for each horizon, with ``v`` the variance of the
    clusters before the ``t``-th around their mean: the bet that grows most by then. Horizons by clusters."""
    number = len(values)
    place = np.arange(1, number + 1, dtype=np.float64)
    means = (0.5 + np.cumsum(values)) / (1.0 + np.cumsum(shares))
    squares = (PRIOR_VARIANCE + np.cumsum((values - means * shares) ** 2)) / (1.0 + place)
    known = np.concatenate([[PRIOR_VARIANCE], squares[:-1]]) if number else squares
    aimed = 2 * (math.log(2 / alpha) - np.log(WEIGHTS)) / HORIZONS
    return np.asarray(np.sqrt(aimed[:, None] / known[None, :]))
