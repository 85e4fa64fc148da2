"""The position of a value and its interval on an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mmdt.core.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Axis:
    """The common range on which a column of estimates is drawn."""

    low: float
    high: float

    @classmethod
    def of(cls, estimates: Iterable[Estimate]) -> Axis:
        """0 to 1 if all values are within, -1 to 1 if some are negative, otherwise zero and all limits.

        This way the shares, biases and similarities of all columns and summaries are drawn on the same scale.
        """
        found = [x for each in estimates for x in (each.value, each.low, each.high) if math.isfinite(x)]
        least, most = min(found, default=0.0), max(found, default=0.0)
        if least >= -1 and most <= 1:
            return cls(-1.0 if least < 0 else 0.0, 1.0)
        low, high = min(0.0, least), max(0.0, most)
        return cls(low, high) if high > low else cls(0.0, 1.0)

    def position(self, value: float) -> float | None:
        """The position between ``low`` (0) and ``high`` (1), clamped to that range; None for NaN."""
        if math.isnan(value):
            return None
        # Halves: the difference of two very large numbers may exceed the range of floats.
        return min(1.0, max(0.0, (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)))


@dataclass(frozen=True, slots=True)
class Whisker:
    """Positions of a value and its interval on the axis, None if absent; ``zero`` is the position of zero."""

    value: float | None
    low: float | None
    high: float | None
    zero: float | None

    @classmethod
    def of(cls, estimate: Estimate, axis: Axis) -> Whisker:
        zero = axis.position(0.0) if axis.low < 0 < axis.high else None
        low, high = axis.position(estimate.low), axis.position(estimate.high)
        if low is None or high is None:
            low = high = None
        return cls(axis.position(estimate.value), low, high, zero)
