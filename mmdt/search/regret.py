"""Regret: how many successes a bandit gave up while it learned which method works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mmdt.search.result import HuntResult

DRAWS = 4000


@dataclass(frozen=True, slots=True)
class ArmUse:
    """How often a method was chosen, and how often it succeeded."""

    name: str
    queries: int
    successes: int

    @property
    def rate(self) -> float:
        """Successes per query, with one of each kind added (the posterior's mean)."""
        return (self.successes + 1) / (self.queries + 2)


@dataclass(frozen=True, slots=True)
class Regret:
    """``value``: expected successes that were missed by not choosing the best method from the first query on, with
    their 95 % credible interval; ``share``: of the queries that the best method got."""

    arms: tuple[ArmUse, ...]
    best: str
    value: float
    low: float
    high: float
    share: float


def regret_of(hunts: Sequence[HuntResult], *, seed: int = 0) -> Regret | None:
    """The regret of hunts whose queries say which method asked them; None without any.

    For each draw of all methods' success rates from their Beta posteriors, the regret is the sum over methods of
    queries times (the best rate minus its own); its mean is the value (Lai and Robbins 1985, Advances in Applied
    Mathematics 6, with rates integrated out).
    """
    counted: dict[str, tuple[int, int]] = {}
    for hunt in hunts:
        for query in hunt.queries:
            queries, won = counted.get(query.move.by, (0, 0))
            counted[query.move.by] = (queries + 1, won + bool(query.harmful))
    if not counted:
        return None
    arms = tuple(ArmUse(name, *both) for name, both in sorted(counted.items()))
    values = _drawn(counted, seed)
    best = max(arms, key=lambda arm: arm.rate)
    total = sum(arm.queries for arm in arms)
    low, high = np.quantile(values, (0.025, 0.975))
    return Regret(arms, best.name, float(values.mean()), float(low), float(high), best.queries / total)


def _drawn(counted: Mapping[str, tuple[int, int]], seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    rng = np.random.default_rng(seed)
    names = sorted(counted)
    queries = np.array([counted[name][0] for name in names], np.float64)
    won = np.array([counted[name][1] for name in names], np.float64)
    rates = rng.beta(1 + won, 1 + queries - won, size=(DRAWS, len(names)))
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = (queries * (rates.max(axis=1, keepdims=True) - rates)).sum(1)
    return found
