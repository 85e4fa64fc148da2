"""What chance alone would show: a statistic simulated under the assumption that no group is treated differently.

The mean *size* of a difference is above zero even for a fair model, because few outputs differ by chance. The simulated
values say by how much (``chance``), and how often they reach the observed value (``p``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from mmdt.stats.intervals.bootstrap import is_values_only
from mmdt.stats.intervals.wilson import Floats
from mmdt.stats.permutation import MANY, monte_carlo_p

COIN_RUNS = 4_000
SHUFFLES = 2_000
BLOCK = 1_000_000
"""Coins in memory at a time."""
_NOTHING = np.full(1, np.nan)
"""In place of the simulated values where nobody wants them (``values_only``)."""

Group = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Values of the neutral, favoured and other outputs of one group of prompts."""


def flip_coins(decided: Floats, totals: Floats) -> Floats:
    """Simulated means of ``|one side - other side| / total`` over clusters, where a fair coin picks every side.

    ``decided``: readings by cluster that took a side; ``totals``: all readings by cluster, none of them zero. Returns
    ``COIN_RUNS`` means. The seed is the number of readings, so the same sample always gives the same numbers.
    """
    if is_values_only():
        return _NOTHING
    rng, tossed = np.random.default_rng(int(totals.sum())), decided.astype(int)
    if len(tossed) > MANY and (tossed == decided).all():
        kinds, number = np.unique(np.column_stack((decided, totals)), axis=0, return_counts=True)
        if (kinds[:, 0] + 1).sum() <= len(tossed) / 4:
            return _flip_kinds(rng, kinds, number)
    block = max(1, BLOCK // max(1, len(decided)))  # of runs: the same coins, and the memory does not grow with them

    def means(runs: int) -> Floats:
        heads = rng.binomial(tossed, 0.5, (runs, len(tossed)))
        return np.asarray((np.abs(2 * heads - decided) / totals).mean(axis=1))

    return np.concatenate([means(min(block, COIN_RUNS - done)) for done in range(0, COIN_RUNS, block)])


def _flip_kinds(rng: np.random.Generator, kinds: Floats, number: NDArray[np.intp]) -> Floats:
    """:func:`flip_coins` of many clusters, of which most are alike: how many clusters of a kind get each number of
    heads is multinomial, so the distribution is the same. ``kinds``: (decided, total); ``number``: clusters of each."""
    sums = np.zeros(COIN_RUNS)
    for (decided, total), clusters in zip(kinds, number, strict=True):
        heads = np.arange(int(decided) + 1)
        chances = np.array([math.comb(int(decided), each) for each in heads], np.float64) / 2.0**decided
        sums += rng.multinomial(clusters, chances, COIN_RUNS) @ (np.abs(2 * heads - decided) / total)
    return np.asarray(sums / number.sum())


def shuffle_groups(groups: Sequence[Group], formula: Callable[[Floats, Floats, Floats], Floats], seed: int) -> Floats:
    """Simulated means of a formula over groups, where favoured and other outputs swap places at random within a group.

    ``formula`` maps the mean values of neutral, favoured and other outputs to a number for each run, or to several, one
    row each; every group needs outputs of all three. Returns ``SHUFFLES`` means, in as many rows.
    """
    if is_values_only():
        return _NOTHING
    rng = np.random.default_rng(seed)
    total: Floats = np.zeros(SHUFFLES)
    for neutral, favoured, other in groups:
        both = np.array([*favoured, *other])
        mixed = rng.permuted(np.tile(both, (SHUFFLES, 1)), axis=1)
        first, second = mixed[:, : len(favoured)].mean(axis=1), mixed[:, len(favoured) :].mean(axis=1)
        total = total + formula(np.full(SHUFFLES, np.mean(neutral)), first, second)
    return total / len(groups)


def against_chance(simulated: Floats, observed: float) -> dict[str, float]:
    """``chance``: the mean of the simulated values; ``p``: how often they are at least as large as the observed one."""
    return {"chance": float(simulated.mean()), "p": monte_carlo_p([simulated], observed)}
