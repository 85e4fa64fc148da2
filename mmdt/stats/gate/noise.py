"""Is a number beyond a limit, beyond noise?

Any metric may be asked, whatever its interval is made from: its 95 % interval says how far the truth may be from the
value on either side. The distance of the limit is measured in these, and p is that of Student's t at the same multiple
of its quantile, with the clusters as degrees of freedom. For a t interval this is the t test; Wilson's interval reaches
further towards one half, as its test does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmdt.core.estimate import Estimate
from mmdt.stats.intervals.missing import is_outer
from mmdt.stats.intervals.special import stdtr, stdtrit
from mmdt.stats.intervals.wilson import LEVEL
from mmdt.stats.paired.compare import Difference


@dataclass(frozen=True, slots=True)
class Noisy:
    """A value with its 95 % interval. ``least``, ``most``: the value with everything missing at either end; ``floor``,
    ``ceiling``: what no value can be beyond, infinite where there is no limit."""

    value: float
    low: float
    high: float
    clusters: int
    least: float
    most: float
    floor: float = -math.inf
    ceiling: float = math.inf

    @classmethod
    def of(cls, estimate: Estimate, bounds: tuple[float, float] | None = None) -> Noisy:
        value, extra = estimate.value, estimate.extra if is_outer(estimate) else {}
        floor, ceiling = bounds or (-math.inf, math.inf)
        least, most = (extra.get(f"if_missing_{end}", value) for end in ("low", "high"))
        return cls(value, estimate.low, estimate.high, estimate.clusters, least, most, floor, ceiling)

    @classmethod
    def difference(cls, row: Difference) -> Noisy:
        """A difference, opened by what is missing in either run."""
        ends = row.if_missing_low, row.if_missing_high
        least, most = (row.value if math.isnan(end) else end for end in ends)
        least, most = min(least, row.value), max(most, row.value)
        low, high = least - (row.value - row.low), most + (row.high - row.value)
        return cls(row.value, low, high, row.clusters, least, most)

    @property
    def negative(self) -> Noisy:
        return Noisy(
            -self.value, -self.high, -self.low, self.clusters, -self.most, -self.least, -self.ceiling, -self.floor
        )

    @property
    def known(self) -> bool:
        """Whether there is a value with an interval."""
        return not math.isnan(self.value + self.low + self.high)

    def p_above(self, limit: float) -> float:
        """Two-sided p of "the truth is at most the limit", 1 where the value is; NaN without an interval."""
        if math.isnan(self.value):
            return math.nan
        if self.value > limit and limit <= self.floor:
            return 0.0  # what was seen once is possible: the truth is above the floor
        if not self.known:
            return math.nan
        if self.least <= limit:
            return 1.0
        reach = self.least - self.low
        if reach <= 0:
            return 0.0
        freedom = max(self.clusters - 1, 1)
        away = (self.least - limit) / reach * float(stdtrit(freedom, (1 + LEVEL) / 2))
        return float(2 * stdtr(freedom, -away))
