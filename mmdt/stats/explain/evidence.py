"""Rates and gaps as evidence: their values, 95 % intervals, and p of one-sided claims about them.

A rate is a weighted mean over clusters. A claim ("above one half") is tested by the interval of the same kind that the
scorecard shows, at the level where its limit meets the threshold; for independent 0/1 values by the exact binomial
tail, which also holds where the cases' own probabilities differ (Hoeffding 1956, Annals of Math. Statistics 27).
Outputs without a value count against the claim.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmdt.stats.intervals.difference import difference_interval
from mmdt.stats.intervals.means import bounded_interval, unit_interval
from mmdt.stats.intervals.special import bdtr, ndtr
from mmdt.stats.intervals.wilson import LEVEL, UNIT, Floats, Interval

Sides = NDArray[np.int64]
SURE = 1e-12
"""Below this, p is not resolved any further."""
_STEPS = 30


@dataclass(frozen=True, slots=True)
class Value:
    """One output: its value (NaN where it has none), its cluster and its weight."""

    value: float
    cluster: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its 95 % interval and what it rests on."""

    value: float
    low: float
    high: float
    n: int
    clusters: int
    missing: int = 0


@dataclass(frozen=True)
class Rate:
    """The weighted mean of values within ``bounds``; those that are missing could be anything in them."""

    values: tuple[Value, ...]
    bounds: tuple[float, float] = UNIT

    @property
    def known(self) -> tuple[Value, ...]:
        return tuple(each for each in self.values if not math.isnan(each.value))

    def measured(self) -> Measured:
        """With the outer interval where something is missing."""
        known = self.known
        missing = len(self.values) - len(known)
        sums, sizes = by_cluster(known)
        value = float(sums.sum() / sizes.sum()) if known else math.nan
        low = self._limits(self.filled(self.bounds[0]))(LEVEL)[0]
        high = self._limits(self.filled(self.bounds[1]))(LEVEL)[1]
        return Measured(value, low, high, len(known), len(sums), missing)

    def filled(self, value: float) -> tuple[Value, ...]:
        """The values, with this one for those that are missing."""
        return tuple(
            Value(value, each.cluster, each.weight) if math.isnan(each.value) else each for each in self.values
        )

    def _limits(self, values: tuple[Value, ...]) -> Callable[[float], Interval]:
        """The interval of these values at any level."""
        if not values:
            return lambda level: (math.nan, math.nan)
        sums, sizes = by_cluster(values)
        binary = is_binary(values)
        if self.bounds == UNIT:
            return lambda level: unit_interval(sums, sizes, binary=binary, level=level)
        return lambda level: bounded_interval(sums, sizes, self.bounds, level)

    def p_above(self, threshold: float) -> float:
        """p of "the rate is at most ``threshold``"; small where it is above."""
        found = self.filled(self.bounds[0])
        if not found:
            return math.nan
        if _independent(found):
            n, hits = len(found), round(sum(each.value for each in found))
            return 1.0 if hits == 0 else 1.0 - float(bdtr(hits - 1, n, threshold))
        limits = self._limits(found)
        return _p(lambda level: limits(level)[0] > threshold)

    def p_below(self, threshold: float) -> float:
        """p of "the rate is at least ``threshold``"; small where it is below."""
        low, high = self.bounds
        turned = Rate(
            tuple(Value(low + high - each.value, each.cluster, each.weight) for each in self.values), self.bounds
        )
        return turned.p_above(low + high - threshold)


@dataclass(frozen=True)
class Gap:
    """The first rate minus the second; clusters that both have are paired."""

    first: Rate
    second: Rate

    def measured(self) -> Measured:
        one, other = self.first.measured(), self.second.measured()
        low, high = self._limits(0.0, 1.0)(LEVEL)[0], self._limits(1.0, 0.0)(LEVEL)[1]
        names = {each.cluster for each in (*self.first.known, *self.second.known)}
        return Measured(one.value - other.value, low, high, one.n + other.n, len(names), one.missing + other.missing)

    def p_above(self, threshold: float) -> float:
        if not self.first.values or not self.second.values:
            return math.nan
        return _p_above(self._limits(0.0, 1.0), threshold)

    def p_below(self, threshold: float) -> float:
        return Gap(self.second, self.first).p_above(-threshold)

    def _limits(self, one: float, other: float) -> Callable[[float], Interval]:
        """The interval at any level; what is missing has the value ``one`` in the first, ``other`` in the second."""
        first, second = self.first.filled(one), self.second.filled(other)
        names = {name: at for at, name in enumerate(dict.fromkeys(each.cluster for each in (*first, *second)))}
        binary = is_binary(first) and is_binary(second)
        sides = _aligned(first, names), _aligned(second, names)
        return lambda level: difference_interval(*sides, binary=binary, level=level)


def p_of_sides(values: Floats, clusters: Sides, first: Sides, second: Sides) -> float:
    """p of "the first rate is at most the second", as that of a :class:`Gap`, of outputs that all have a value and the
    same weight. ``values`` and ``clusters`` (numbers from zero): of every output; ``first`` and ``second``: the places
    of those of each side."""
    both = np.concatenate([first, second])
    _, at, names = np.unique(clusters[both], return_index=True, return_inverse=True)
    names = np.argsort(np.argsort(at))[names]  # numbered as they come, so that sums are those of a Gap to the last bit
    sides = []
    for places, named in ((first, names[: len(first)]), (second, names[len(first) :])):
        sums, sizes = (np.bincount(named, weights, len(at)) for weights in (values[places], np.ones(len(places))))
        sides.append((sums.astype(np.float64), sizes.astype(np.float64)))
    binary = bool(np.isin(values[both], (0.0, 1.0)).all())
    return _p_above(lambda level: difference_interval(sides[0], sides[1], binary=binary, level=level), 0.0)


def p_of_interval(value: float, low: float, high: float, threshold: float, *, above: bool) -> float:
    """p of a one-sided claim about a number of which only the 95 % interval is known: each arm is taken for 1.96
    standard errors of a normal distribution."""
    arm = value - low if above else high - value
    distance = value - threshold if above else threshold - value
    if math.isnan(arm) or math.isnan(distance):
        return math.nan
    if arm <= 0:
        return SURE if distance > 0 else 1.0
    return float(ndtr(-1.959963984540054 * distance / arm))


def by_cluster(values: Iterable[Value]) -> tuple[Floats, Floats]:
    """Weighted sums and sizes by cluster."""
    found = tuple(values)
    return _aligned(found, {name: at for at, name in enumerate(dict.fromkeys(each.cluster for each in found))})


def is_binary(values: Iterable[Value]) -> bool:
    return all(each.value in (0.0, 1.0) for each in values)


def _aligned(values: tuple[Value, ...], names: Mapping[str, int]) -> tuple[Floats, Floats]:
    sums, sizes = np.zeros(len(names)), np.zeros(len(names))
    at = [names[each.cluster] for each in values]
    weights = np.array([each.weight for each in values])
    np.add.at(sums, at, weights * np.array([each.value for each in values]))
    np.add.at(sizes, at, weights)
    return sums, sizes


def _independent(values: tuple[Value, ...]) -> bool:
    """0/1 values of equal weight, each in a cluster of its own."""
    same = max(each.weight for each in values) - min(each.weight for each in values) < 1e-9
    return same and is_binary(values) and len({each.cluster for each in values}) == len(values)


def _p_above(limits: Callable[[float], Interval], threshold: float) -> float:
    return _p(lambda level: limits(level)[0] > threshold)


def _p(excludes: Callable[[float], bool]) -> float:
    """The least one-sided error at which the interval still excludes the threshold; 1 where none of any use does."""
    if not excludes(1e-6):
        return 1.0
    low, high = math.log(SURE), math.log(0.5)
    if excludes(1 - 2 * SURE):
        return SURE
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if excludes(1 - 2 * math.exp(middle)):
            high = middle
        else:
            low = middle
    return math.exp(high)
