"""The outer interval: what the limits would be if every missing output had come out at one end, or at the other.

Whether an output is missing may depend on what it would have been: a judge's filter stops on exactly the harmful
replies. So the lower limit is that of the data with everything missing at its lower end, the upper one likewise. It
covers whatever the missing outputs are, and more often than 95 % where they are spread between the ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from mmdt.core.estimate import Estimate
from mmdt.stats.intervals.special import ndtr, ndtri
from mmdt.stats.intervals.wilson import LEVEL, Interval

OUTER = "missing at both ends"
"""Ends the name of the method of such an interval."""
Limits = Callable[[float], tuple[Interval, Interval]]
"""From a level to the intervals with everything missing at the lower and at the upper end."""


def is_outer(estimate: Estimate) -> bool:
    """Whether the interval holds what is missing."""
    return estimate.method.endswith(OUTER)


def with_outer(method: str) -> str:
    """The name of a method whose limits are those of the two ends."""
    return method if not method or method.endswith(OUTER) else f"{method}, {OUTER}"


def outer(estimate: Estimate) -> Estimate:
    """The estimate with its limits moved to the ends, where it says what they are (``if_missing_low``, ``_high``) and
    its own interval is one of sampling only. The distance from value to limit is taken along."""
    least, most = (estimate.extra.get(f"if_missing_{end}", math.nan) for end in ("low", "high"))
    if is_outer(estimate) or math.isnan(least + most + estimate.low + estimate.high):
        return estimate
    low = min(estimate.low, least - (estimate.value - estimate.low))
    high = max(estimate.high, most + (estimate.high - estimate.value))
    if estimate.low >= 0 and estimate.high <= 1:
        low, high = max(low, 0.0), min(high, 1.0)
    return replace(estimate, low=low, high=high, method=with_outer(estimate.method))


def imbens_manski(limits: Limits, gap: float, level: float = LEVEL) -> Interval:
    """The tighter interval of Imbens and Manski (2004, Econometrica 72), which covers the value rather than the range.

    The value cannot be near both ends at once, so where they are ``gap`` apart, each limit needs less: ``c`` with
    ``Phi(c + gap / s) - Phi(-c) = level``, between the one-sided and the two-sided quantile.
    """
    z = float(ndtri((1 + level) / 2))
    low, high = limits(level)
    spread = max(low[1] - low[0], high[1] - high[0]) / (2 * z)
    if spread <= 0 or math.isnan(spread):
        return low[0], high[1]
    least, most = float(ndtri(level)), z
    for _ in range(60):
        middle = (least + most) / 2
        covers = float(ndtr(middle + gap / spread)) - float(ndtr(-middle))
        least, most = (middle, most) if covers < level else (least, middle)
    tighter = 2 * float(ndtr(most)) - 1
    low, high = limits(tighter)
    return low[0], high[1]
