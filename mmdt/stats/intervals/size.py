"""From intervals of signed values to intervals of their sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmdt.stats.intervals.wilson import Interval


def size_interval(low: float, high: float) -> Interval:
    """The interval of ``|value|``, given that of ``value``: it starts at zero where both signs are possible."""
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return least, max(abs(low), abs(high))


def mean_size_interval(signed: Sequence[Interval]) -> Interval:
    """A conservative interval of the mean of ``|value|``: the mean lower and the mean upper end of the size intervals.

    The mean of several half widths is never below the half width of the mean, so it covers at least as often as the
    intervals it is made from.
    """
    ends = [size_interval(low, high) for low, high in signed]
    return float(np.mean([low for low, _ in ends])), float(np.mean([high for _, high in ends]))
