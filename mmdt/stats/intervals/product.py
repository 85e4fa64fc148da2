"""The interval of the product of two means."""

from __future__ import annotations

import math

from mmdt.core.estimate import Estimate
from mmdt.stats.intervals.wilson import Interval


def product_interval(one: Estimate, other: Estimate) -> Interval:
    """Limits of the product of two independent means: MOVER (Zou and Donner 2008), to first order."""
    value = one.value * other.value
    below = math.hypot(other.value * (one.value - one.low), one.value * (other.value - other.low))
    above = math.hypot(other.value * (one.high - one.value), one.value * (other.high - other.value))
    return value - below, value + above
