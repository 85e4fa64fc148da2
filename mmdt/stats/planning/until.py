"""How many independent outputs a run that stops by its results is likely to need, by simulation."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from mmdt.stats.intervals.wilson import Floats
from mmdt.stats.planning.aims import Aim, for_gate, for_width
from mmdt.stats.sequential.betting import Seen, first_rejected, limits

RUNS = {"gate": 41, "width": 7}
"""Simulated runs; a width hardly differs between them."""
LONGER = {"gate": 6, "width": 5}
"""How many times the outputs of a fixed sample are simulated: those that hold at any time take more at worst."""
MOST = 30_000
_SEED = 2024


def outputs_until(aim: Aim, rate: float) -> float | None:
    """The median number of independent outputs after which a rule for the aim is decided; None where that takes too
    many to simulate, and for a difference, which no rule is about."""
    if aim.kind == "detect" or not 0 <= rate <= 1:
        return None
    return _outputs_until(aim.kind, aim.value, aim.power, round(rate, 3))


@cache
def _outputs_until(kind: str, value: float, power: float, rate: float) -> float | None:
    fixed = for_gate(rate, value, power) if kind == "gate" else for_width(rate, value)
    if not math.isfinite(fixed) or LONGER[kind] * fixed > MOST:
        return None
    dice, number = np.random.default_rng(_SEED), int(LONGER[kind] * fixed) + 50
    found = []
    for _ in range(RUNS[kind]):
        values = (dice.random(number) < rate).astype(np.float64)
        seen = first_rejected(_seen(values), value) if kind == "gate" else _first_narrow(values, value)
        found.append(number if seen is None else seen)
    return float(np.median(found))


def _first_narrow(values: Floats, width: float) -> int | None:
    """After how many outputs the interval is narrow enough: once it is, it stays so."""

    def narrow(number: int) -> bool:
        low, high = limits(_seen(values[:number]))
        return high - low <= width

    if not narrow(len(values)):
        return None
    few, many = 1, len(values)
    while many - few > max(1, few // 100):
        middle = (few + many) // 2
        few, many = (few, middle) if narrow(middle) else (middle, many)
    return many


def _seen(values: Floats) -> Seen:
    return Seen(values, np.ones(len(values)), 1.0)
