"""Worst slices: where in a scenario the model is worse than in the rest of it.

Cases are divided by category, attack and every entry of their targets that has few values. Each slice is compared with
the rest of its scenario, and all slices of a run are one family (Holm): a slice is called worse only if that would
happen anywhere in the run in at most 5 % of runs of a model without any weak spot.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mmdt.core.scenario import Scenario
from mmdt.core.score import Scored
from mmdt.stats.explain.evidence import Measured, Rate, Sides, Value, p_of_sides
from mmdt.stats.explain.findings import Answer
from mmdt.stats.intervals.wilson import Floats
from mmdt.stats.paired.family import adjusted

Known = Sequence[tuple[Answer, float]]
"""The outputs of a scenario that have the component, with its value."""
LEVEL = 0.05
MOST_VALUES = 40
"""An entry with more values does not divide the cases into kinds."""
LEAST = 5
"""Fewer cases are no slice."""
SHOWN = 30
_NO_KINDS = frozenset({"unasked", "options", "prompt", "question"})
"""Entries that say nothing about what is asked (what must not be drawn, the labels there are), or all of it."""


@dataclass(frozen=True, slots=True)
class WorstSlice:
    """The cases of ``scenario`` whose ``key`` is ``value``, with the scenario's headline component over them and over
    the rest. ``worse``: beyond noise, among all slices of the run. ``cases``: ids, the worst answers first."""

    scenario: str
    key: str
    value: str
    component: str
    measured: Measured
    rest: Measured
    p: float
    p_adjusted: float
    worse: bool
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorstSlices:
    """The slices that are surest to be worse, of ``tests`` that were compared."""

    slices: tuple[WorstSlice, ...]
    tests: int


@dataclass(frozen=True, slots=True)
class _Compared:
    scenario: str
    key: str
    value: str
    component: str
    sign: float
    known: Known
    members: list[int]
    p: float


def worst_slices(
    scenarios: Mapping[str, Scenario], answers: Iterable[Answer], keys: Sequence[str] = (), most_cases: int = 20
) -> WorstSlices:
    """Every slice that is worse beyond noise, and the next ones up to 30, the surest first. ``keys``: only these
    entries; by default every one that divides."""
    by_scenario: dict[str, list[Answer]] = {}
    for each in answers:
        by_scenario.setdefault(each[0].cell.parent, []).append(each)
    found: list[_Compared] = []
    for address, rows in by_scenario.items():
        headline = _component(scenarios[address])
        if headline is not None:
            component, sign = headline
            known = [(each, each[0].score.values[component]) for each in rows if component in each[0].score.values]
            badness = _Badness.of(known, sign)
            found += [
                _Compared(address, key, value, component, sign, known, members, badness.p(members))
                for key, value, members in _slices(known, keys)
            ]
    p = adjusted({place: each.p for place, each in enumerate(found)})
    order = sorted(range(len(found)), key=lambda at: (p[at], found[at].p, found[at].scenario, found[at].key))
    kept = [at for rank, at in enumerate(order) if p[at] <= LEVEL or (rank < SHOWN and found[at].p <= 0.5)]
    return WorstSlices(tuple(_slice(found[at], p[at], most_cases) for at in kept), len(found))


def _component(scenario: Scenario) -> tuple[str, float] | None:
    """The component behind the headline, and the sign that makes more of it worse."""
    metric = next(each for each in scenario.metrics if each.name == scenario.headline)
    if not metric.components or metric.bounds != (0.0, 1.0) or metric.direction == "neither":
        return None
    return metric.components[0], 1.0 if metric.direction == "lower" else -1.0


def _slices(known: Known, keys: Sequence[str]) -> Iterator[tuple[str, str, list[int]]]:
    """Key, value and the places of the members; of several keys that divide alike, the first."""
    by_key: dict[str, dict[str, list[int]]] = {}
    for place, ((scored, target), _) in enumerate(known):
        for key, value in _entries(scored, target):
            if not keys or key in keys:
                by_key.setdefault(key, {}).setdefault(value, []).append(place)
    seen: set[tuple[int, ...]] = set()
    for key, values in by_key.items():
        if len(values) > MOST_VALUES or (len(values) < 2 and sum(map(len, values.values())) == len(known)):
            continue
        for value, members in values.items():
            if LEAST <= len(members) <= len(known) - LEAST and tuple(members) not in seen:
                seen.add(tuple(members))
                yield key, value, members


def _entries(scored: Scored, target: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "task", scored.cell.task
    for key, value in target.items():
        if key in _NO_KINDS:
            continue
        if isinstance(value, str | bool | int) or (isinstance(value, float) and value.is_integer()):
            yield key, str(value).lower() if isinstance(value, bool) else str(value)
        elif isinstance(value, list | tuple) and value and all(isinstance(each, str) for each in value):
            yield from ((key, each) for each in dict.fromkeys(value))
        elif isinstance(value, dict):
            yield from ((key, str(each)) for each in value)


@dataclass(frozen=True)
class _Badness:
    """How bad each output of a scenario is, from 0 to 1, and what all slices of it share."""

    names: list[str]
    values: list[float]

    @classmethod
    def of(cls, known: Known, sign: float) -> _Badness:
        bad = [value if sign > 0 else 1 - value for _, value in known]
        return cls([scored.cluster for (scored, _), _ in known], bad)

    @cached_property
    def total(self) -> float:
        return math.fsum(self.values)

    @cached_property
    def independent(self) -> bool:
        """0/1 values, each in a cluster of its own."""
        return set(self.values) <= {0.0, 1.0} and len(set(self.names)) == len(self.names)

    @cached_property
    def arrays(self) -> tuple[Floats, Sides]:
        """The values, and the number of the cluster of each."""
        numbers = {name: at for at, name in enumerate(dict.fromkeys(self.names))}
        return np.array(self.values, np.float64), np.array([numbers[name] for name in self.names], np.int64)

    def p(self, members: Sequence[int]) -> float:
        """As :func:`p_worse` of the slice with these members."""
        n, here = len(self.values), math.fsum(self.values[place] for place in members)
        if here * (n - len(members)) <= (self.total - here) * len(members):
            return 1.0
        if self.independent:
            return _fisher(n, round(self.total), len(members), round(here))
        inside = np.zeros(n, np.bool_)
        inside[members] = True
        return p_of_sides(*self.arrays, np.flatnonzero(inside), np.flatnonzero(~inside))


def _slice(found: _Compared, p: float, most_cases: int) -> WorstSlice:
    inside = set(found.members)
    rows = [found.known[place] for place in found.members]
    rest = [each for place, each in enumerate(found.known) if place not in inside]
    worst = sorted(rows, key=lambda each: -found.sign * each[1])
    cases = tuple(dict.fromkeys(scored.case_id for (scored, _), _ in worst))[:most_cases]
    return WorstSlice(
        found.scenario,
        found.key,
        found.value,
        found.component,
        _rate(rows).measured(),
        _rate(rest).measured(),
        found.p,
        p,
        p <= LEVEL,
        cases,
    )


def _rate(rows: Known) -> Rate:
    return Rate(tuple(Value(value, scored.cluster, scored.weight) for (scored, _), value in rows))


def p_worse(rows: Sequence[tuple[str, float, bool]]) -> float:
    """p of "which outputs are in the slice says nothing about how bad they are": (cluster, badness, whether inside).

    Independent 0/1 values: Fisher's exact test. Otherwise the level at which the interval of the difference (paired
    within clusters that the slice divides) leaves zero. 1 where the slice is not worse than the rest.
    """
    found = _Badness([name for name, *_ in rows], [bad for _, bad, _ in rows])
    return found.p([place for place, (*_, inside) in enumerate(rows) if inside])


def _fisher(n: int, bad: int, members: int, observed: int) -> float:
    """The chance of as many bad ones inside, of all ways to choose the members (hypergeometric)."""
    whole = _log_choose(n, members)
    return min(
        1.0,
        math.fsum(
            math.exp(_log_choose(bad, hits) + _log_choose(n - bad, members - hits) - whole)
            for hits in range(observed, min(bad, members) + 1)
            if members - hits <= n - bad
        ),
    )


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
