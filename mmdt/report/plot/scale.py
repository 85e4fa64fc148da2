"""Round numbers along an axis, from nought (or below) to just above the greatest value."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

INTERVALS = 5
"""Steps along an axis, about."""
_ROUND = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from ``low`` to ``high`` with a tick every ``step``."""

    low: float
    high: float
    step: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Scale:
        """Holds nought and all the values that are finite; 0 to 0.1 where there is nothing but nought."""
        found = [0.0, *(value for value in values if math.isfinite(value))]
        least, most = min(found), max(found)
        if most <= least:
            most = 0.1
        step = _step((most - least) / INTERVALS)
        return cls(math.floor(least / step + 1e-9) * step, math.ceil(most / step - 1e-9) * step, step)

    @property
    def ticks(self) -> tuple[float, ...]:
        number = round((self.high - self.low) / self.step)
        return tuple(self.low + place * self.step for place in range(number + 1))

    def share(self, value: float) -> float:
        """How far along the axis a value stands: 0 at ``low``, 1 at ``high``."""
        return (value - self.low) / (self.high - self.low)

    def text(self, tick: float, *, percent: bool) -> str:
        """A tick with as many decimals as the step needs, and no more."""
        size = 100 * self.step if percent else self.step
        decimals = max(0, -math.floor(math.log10(size) + 1e-9))
        value = round(100 * tick if percent else tick, decimals) + 0.0
        return f"{value:,.{decimals}f}" + ("%" if percent else "")


def _step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(each * power for each in _ROUND if each * power >= least * (1 - 1e-9))
