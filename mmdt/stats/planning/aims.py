"""How many independent outputs an aim takes: a width, a difference that is to be seen, a gate that is to be decided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mmdt.errors import UsageError
from mmdt.spelling import option
from mmdt.stats.intervals.special import bdtr, ndtri, stdtrit
from mmdt.stats.intervals.wilson import LEVEL, Floats, wilson

Kind = Literal["width", "detect", "gate"]
POWER = 0.8
"""How often a difference is to be seen, or a gate decided."""
MOST = 10_000_000.0
"""More outputs than this are called out of reach."""
LEAST = 2.0
FEWEST_PAIRS = 6.0


@dataclass(frozen=True, slots=True)
class Aim:
    """What a run is for. ``width``: the 95 % interval of each number is to be at most ``value`` wide. ``detect``: a
    difference of ``value`` between two models is to be seen in ``power`` of runs. ``gate``: the interval is to lie on
    the right side of ``value`` in ``power`` of runs."""

    kind: Kind
    value: float
    power: float = POWER


def make_aim(
    *,
    width: float | None = None,
    detect: float | None = None,
    gate: float | None = None,
    power: float | None = None,
    expected: float | None = None,
    earlier: Sequence[object] = (),
) -> Aim | None:
    """The aim that a verb was given, if any. Raises UsageError for more than one, for values that cannot be meant, and
    for what has no effect without an aim, or on this one."""
    given: dict[Kind, float | None] = {"width": width, "detect": detect, "gate": gate}
    named = {kind: value for kind, value in given.items() if value is not None}
    hint = f"give one of {', '.join(option(kind) for kind in given)}"
    if len(named) > 1:
        raise UsageError("a plan has one aim", where=", ".join(map(option, named)), hint=hint)
    if power is not None and not 0.5 <= power < 1:
        raise UsageError(f"{option('power')} is {power}", hint="give a share from 0.5 to below 1")
    if expected is not None and not 0 <= expected <= 1:
        raise UsageError(f"{option('expected')} is {expected}", hint="give a rate from 0 to 1")
    if not named:
        others: dict[str, object] = {"earlier": earlier or None, "expected": expected, "power": power}
        for name, given_value in others.items():
            if given_value is not None:
                raise UsageError(f"{option(name)} has no effect without an aim", hint=hint)
        return None
    ((kind, value),) = named.items()
    if not 0 < value < 1:
        raise UsageError(f"{option(kind)} is {value}", hint="give a share between 0 and 1, such as 0.05")
    _refuse_vain(kind, power, earlier)
    return Aim(kind, value, POWER if power is None else power)


def _refuse_vain(kind: Kind, power: float | None, earlier: Sequence[object]) -> None:
    """Raises UsageError for what has no effect on this aim."""
    if kind == "width" and power is not None:
        hint = f"leave it out: it says how often {option('detect')} and {option('gate')} are to succeed"
        raise UsageError(f"{option('power')} has no effect with {option(kind)}", hint=hint)
    if kind != "detect" and len(earlier) == 2:
        hint = f"name one; two say how often their models differ, for {option('detect')}"
        raise UsageError(f"a second {option('earlier')} has no effect with {option(kind)}", hint=hint)


def for_width(rate: float, width: float, extra: float = 0.0) -> float:
    """The number of independent outputs whose Wilson interval at this rate is ``width`` wide; infinite where it cannot
    be. ``extra``: variance that no number of outputs takes away, such as that of a judge's measured errors."""
    z = float(ndtri((1 + LEVEL) / 2))

    def reached(number: float) -> float:
        low, high = wilson(rate * number, number)
        return 2 * math.sqrt(((high - low) / 2) ** 2 + z * z * extra)

    if reached(MOST) > width:
        return math.inf
    few, many = LEAST, MOST
    if reached(few) <= width:
        return few
    for _ in range(80):
        middle = math.sqrt(few * many)
        few, many = (few, middle) if reached(middle) <= width else (middle, many)
    return many


def width_of(rate: float, number: float, extra: float = 0.0) -> float:
    """The width that a number of independent outputs gives."""
    low, high = wilson(rate * number, number)
    return 2 * math.sqrt(((high - low) / 2) ** 2 + float(ndtri((1 + LEVEL) / 2)) ** 2 * extra)


def for_difference(variance: float, difference: float, power: float = POWER) -> float:
    """How many units are needed to see a ``difference`` of their means in ``power`` of comparisons, at 5 %, two-sided.

    ``variance``: of the difference of one unit (Connor 1987, Biometrics 43, for paired proportions), here with the
    quantiles of t. Differences of 0/1 values come in steps, so that a test by sign flips rejects equal models in less
    than 5 %, and sees less: without the correction for continuity (Fleiss, Tytun and Ury 1980, Biometrics 36, for one
    sample of differences) a plan for 80 % reaches 74 to 78 %. Fewer than six units can never be told apart so.
    """
    needed = FEWEST_PAIRS
    for _ in range(50):
        reach = sum(float(stdtrit(max(needed - 1, 1.0), each)) for each in ((1 + LEVEL) / 2, power))
        before, needed = needed, max(FEWEST_PAIRS, reach**2 * variance / difference**2)
        if abs(needed - before) < 1e-6 * needed:
            break
    return needed / 4 * (1 + math.sqrt(1 + 4 / (needed * difference))) ** 2


def for_gate(rate: float, gate: float, power: float = POWER, extra: float = 0.0) -> float:
    """The number of independent outputs from which on Wilson's interval lies on the right side of ``gate`` in ``power``
    of runs, exactly; infinite where the rate is the gate.

    The power of so discrete a test goes up and down with the number: what is given is the first from which it never
    falls below ``power`` again.
    """
    if rate == gate:
        return math.inf
    if rate > gate:
        rate, gate = 1 - rate, 1 - gate
    z, reach = float(ndtri((1 + LEVEL) / 2)), float(ndtri(power))
    normal = ((z * math.sqrt(gate * (1 - gate)) + reach * math.sqrt(rate * (1 - rate))) / (gate - rate)) ** 2
    needed = normal
    if normal < MOST / 10:
        numbers = np.arange(1, int(2 * normal) + 200, dtype=np.float64)
        short = np.flatnonzero(power_at_gate(rate, gate, numbers) < power)
        needed = float(numbers[short[-1]] + 1) if len(short) else 1.0
    if not extra:
        return needed
    left = 1 / needed - extra / (rate * (1 - rate)) if 0 < rate < 1 else 0.0
    return 1 / left if left > 0 else math.inf


def power_at_gate(rate: float, gate: float, numbers: Floats) -> Floats:
    """How often Wilson's interval of this many independent outputs lies on the right side of the gate."""
    if rate > gate:
        rate, gate = 1 - rate, 1 - gate
    z = float(ndtri((1 + LEVEL) / 2))
    most = np.ceil(numbers * gate - z * np.sqrt(numbers * gate * (1 - gate))) - 1
    return np.where(most >= 0, bdtr(np.maximum(most, 0), numbers.astype(np.intp), rate), 0.0)
