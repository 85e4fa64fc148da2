"""Wilson's interval of a proportion, and the types and constants that all intervals share."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mmdt.stats.intervals.special import ndtri

LEVEL = 0.95
"""Nominal coverage of every interval mmdt shows."""
UNIT = (0.0, 1.0)
NOWHERE = (math.nan, math.nan)

Bounds = tuple[float, float] | None
"""The smallest and largest value that is possible; None where there is no limit."""
Interval = tuple[float, float]
Floats = NDArray[np.float64]


def wilson(successes: float, n: float, level: float = LEVEL) -> Interval:
    """Wilson's score interval of a proportion (1927, JASA 22); ``n`` may be an effective, fractional number."""
    if n <= 0:
        return NOWHERE
    p = successes / n
    z = float(ndtri((1 + level) / 2))
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if p <= 0 else min(max(0.0, centre - half), p)
    high = 1.0 if p >= 1 else max(min(1.0, centre + half), p)
    return low, high
