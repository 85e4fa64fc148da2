"""How many independent outputs a run that stops at a gate is likely to need, by simulation."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from mmdt.stats.planning.aims import Aim, for_gate
from mmdt.stats.sequential.betting import Seen, first_rejected

RUNS = 25
LONGER = 6
"""How many times the outputs of a fixed sample are simulated: some runs that stop by their results take more."""
MOST = 20_000
_SEED = 2024


def outputs_until(aim: Aim, rate: float) -> float | None:
    """The median number of independent outputs after which a gate is decided, when one looks after each; None where it
    takes too many to simulate, and for other aims."""
    return _outputs_until(aim.value, aim.power, round(rate, 3)) if aim.kind == "gate" and 0 <= rate <= 1 else None


@cache
def _outputs_until(gate: float, power: float, rate: float) -> float | None:
    fixed = for_gate(rate, gate, power)
    if not math.isfinite(fixed) or LONGER * fixed > MOST:
        return None
    dice, number = np.random.default_rng(_SEED), int(LONGER * fixed) + 50
    found = []
    for _ in range(RUNS):
        values = (dice.random(number) < rate).astype(np.float64)
        seen = first_rejected(Seen(values, np.ones(number), 1.0), gate)
        found.append(number if seen is None else seen)
    return float(np.median(found))
