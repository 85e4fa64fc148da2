"""Round numbers along an axis that starts at zero (or below) and ends just above the greatest value."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

INTERVALS = 5
"""The approximate number of steps along an axis."""
SMALLEST, LARGEST = 1e-12, 1e300
"""A narrower range is rounding noise and is drawn as zero. Greater values are drawn at the end of the axis: beyond
this, a round number above the value may exceed the range of floats."""
_ROUND = (1, 2, 5, 10)
_FINEST_STEP, _LONGEST_NUMBER = 1e-6, 1e9
"""A smaller step and a greater number are written with an exponent."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from ``low`` to ``high`` with a tick every ``step``."""

    low: float
    high: float
    step: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Scale:
        """The axis that holds zero and all finite values; 0 to 0.1 if none differs from zero.

        NaN and infinities are ignored; subnormal numbers count as zero.
        """
        found = [0.0, *(max(-LARGEST, min(LARGEST, value)) for value in values if math.isfinite(value))]
        least, most = min(found), max(found)
        if most - least < SMALLEST:
            least, most = 0.0, 0.1
        step = _step((most - least) / INTERVALS)
        return cls(math.floor(least / step + 1e-9) * step, math.ceil(most / step - 1e-9) * step, step)

    @property
    def ticks(self) -> tuple[float, ...]:
        first, last = round(self.low / self.step), round(self.high / self.step)
        return tuple(place * self.step for place in range(first, last + 1))

    def share(self, value: float) -> float:
        """The position of a value along the axis: 0 at ``low`` and below, 1 at ``high`` and above; NaN for NaN."""
        if math.isnan(value):
            return math.nan
        return max(0.0, min(1.0, (value - self.low) / (self.high - self.low)))

    def text(self, tick: float, *, percent: bool) -> str:
        """A tick with as many decimals as the step needs, and no more."""
        unit = 100.0 if percent else 1.0
        step, longest = unit * self.step, unit * max(-self.low, self.high)
        suffix = "%" if percent else ""
        if step < _FINEST_STEP or longest >= _LONGEST_NUMBER:
            return f"{_with_exponent(unit * tick, step, longest)}{suffix}"
        decimals = max(0, -_power(step))
        return f"{round(unit * tick, decimals) + 0.0:,.{decimals}f}{suffix}"


def _with_exponent(value: float, step: float, longest: float) -> str:
    """``1.5e-09``: enough digits to tell two neighbouring ticks apart."""
    return f"{value:.{_power(longest) - _power(step)}e}" if value else "0"


def _step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(each * power for each in _ROUND if each * power >= least * (1 - 1e-9))


def _power(value: float) -> int:
    """The power of ten of a number's first digit."""
    return math.floor(math.log10(value) + 1e-9)
