"""The interval of a paired difference, its equivalence test, and the smallest difference that would have been seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mmdt.stats.intervals.clusters import cr2_variance, degrees_of_freedom
from mmdt.stats.intervals.special import stdtr, stdtrit
from mmdt.stats.intervals.wilson import LEVEL, Interval
from mmdt.stats.paired.contributions import Sums

POWER = 0.8
"""The chance with which the smallest detectable difference would have been seen."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A difference with its standard error. ``centre``: what the interval is around; ``limit``: the greatest difference
    that is possible, None where there is none. ``error`` is NaN where it cannot be known."""

    value: float
    centre: float
    error: float
    freedom: float
    limit: float | None

    @classmethod
    def of(cls, sums: Sums, span: float | None, limit: float | None) -> Spread:
        """From a difference by cluster: CR2 variance, with Satterthwaite's degrees of freedom.

        ``span``: the range of the values that the difference is made from. With one, a cluster at either end of it is
        added, as Bonett and Price (2012) do for independent pairs: without them, twenty cases on which both runs agree
        would say for certain that they always do.
        """
        parts = np.fromiter((sums.parts[name] for name in sums.shares), np.float64, len(sums.shares))
        shares = np.fromiter(sums.shares.values(), np.float64, len(sums.shares))
        value = float(parts.sum())
        if len(shares) < 2:
            return cls(value, value, math.nan, math.nan, limit)
        if span is None:
            variance = cr2_variance(parts, shares)
            error = math.sqrt(variance) if variance > 0 else math.nan
            return cls(value, value, error, degrees_of_freedom(shares), limit)
        typical = float((shares**2).sum())
        whole = 1 + 2 * typical
        centre = value / whole
        squares = float(((parts - centre * shares) ** 2 / (1 - shares / whole)).sum())
        added = typical**2 * ((centre + span) ** 2 + (span - centre) ** 2) / (1 - typical / whole)
        error = math.sqrt(squares + added) / whole
        return cls(value, centre, error, degrees_of_freedom(shares) + 2, limit)

    def interval(self, level: float = LEVEL) -> Interval:
        """NaN where there is none; it always holds the value."""
        half = self._reach((1 + level) / 2) * self.error
        low, high = min(self.centre - half, self.value), max(self.centre + half, self.value)
        if math.isnan(half):
            return math.nan, math.nan
        return (low, high) if self.limit is None else (max(low, -self.limit), min(high, self.limit))

    def equivalence_p(self, margin: float) -> float:
        """p of "the difference is at least the margin, one way or the other": two one-sided t tests (Schuirmann 1987,
        J. of Pharmacokinetics and Biopharmaceutics 15). NaN where there is no standard error."""
        if math.isnan(self.error):
            return math.nan
        nearer = (margin - abs(self.centre)) / self.error
        return float(stdtr(self.freedom, -nearer))

    def detectable(self, alpha: float) -> float:
        """The true difference that a two-sided test at ``alpha`` would have seen in 80 % of such comparisons."""
        return (self._reach(1 - alpha / 2) + self._reach(POWER)) * self.error

    def _reach(self, quantile: float) -> float:
        return math.nan if math.isnan(self.freedom) else float(stdtrit(self.freedom, quantile))
