"""Spatial skill in depth: by relation, number of objects and size, with the distance from chance.

Limits are exact (Clopper and Pearson 1934) for independent 0/1 values, so that "none of 40 right" has an honest upper
limit. Chance is the guess rate that the case states; where it states none there is no distance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmdt.core.score import Scored
from mmdt.stats.explain.evidence import Measured, Rate, Value
from mmdt.stats.explain.findings import Answer
from mmdt.stats.intervals.special import betaincinv
from mmdt.stats.intervals.wilson import LEVEL

RELATIONS = ("left", "right", "above", "below")
TASKS = ("spatial", "size")


@dataclass(frozen=True, slots=True)
class SpatialSlice:
    """The strict accuracy over the cases of one ``kind`` (``relation``: ``left``). ``above_chance`` is the accuracy
    minus the mean guess rate, NaN where no case states one."""

    scenario: str
    kind: str
    value: str
    accuracy: Measured
    chance: float
    above_chance: Measured | None


def spatial(answers: Iterable[Answer]) -> tuple[SpatialSlice, ...]:
    """Every slice of the spatial cases. A case that asks for several relations is in the slice of each of them."""
    slices: dict[tuple[str, str, str], list[tuple[Scored, float]]] = {}
    for scored, target in answers:
        if scored.cell.task not in TASKS or _right(scored) is None:
            continue
        guess = _guess(scored, target)
        for kind, value in _kinds(scored, target):
            slices.setdefault((scored.cell.parent, kind, value), []).append((scored, guess))
    return tuple(_slice(*name, rows) for name, rows in sorted(slices.items()))


def clopper_pearson(hits: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Exact limits of a rate. NaN for nothing."""
    if n == 0:
        return math.nan, math.nan
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1 - tail))
    return low, high


def _slice(scenario: str, kind: str, value: str, rows: Sequence[tuple[Scored, float]]) -> SpatialSlice:
    rate = Rate(tuple(Value(_right(scored) or 0.0, scored.cluster, scored.weight) for scored, _ in rows))
    guesses = [guess for _, guess in rows if not math.isnan(guess)]
    chance = sum(guesses) / len(guesses) if guesses else math.nan
    above = None
    if guesses:
        values = (Value((_right(scored) or 0.0) - guess, scored.cluster, scored.weight) for scored, guess in rows)
        above = Rate(tuple(each for each in values if not math.isnan(each.value)), (-1.0, 1.0)).measured()
    return SpatialSlice(scenario, kind, value, _exact(rate), chance, above)


def _exact(rate: Rate) -> Measured:
    found = rate.measured()
    plain = all(each.weight == 1 and each.value in (0.0, 1.0) for each in rate.values)
    if not plain or found.clusters != found.n:
        return found
    low, high = clopper_pearson(round(found.value * found.n), found.n)
    return Measured(found.value, low, high, found.n, found.clusters, found.missing)


def _right(scored: Scored) -> float | None:
    values = scored.score.values
    return values.get("strict", values.get("right"))


def _guess(scored: Scored, target: Mapping[str, Any]) -> float:
    found = scored.score.values.get("guess", target.get("guess"))
    return float(found) if isinstance(found, int | float) and 0 <= found <= 1 else math.nan


def _kinds(scored: Scored, target: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "all", scored.cell.task
    for relation in sorted(_relations(target)):
        yield "relation", relation
    objects = target.get("objects")
    if isinstance(objects, list | tuple) and objects:
        yield "objects", str(len(objects))
    size = target.get("size")
    if isinstance(size, str) and size:
        yield "size", size


def _relations(target: Mapping[str, Any]) -> set[str]:
    """The relations that a case asks for: listed, or the answer to where something is."""
    listed = target.get("relations")
    found = {str(each) for each in listed} if isinstance(listed, list | tuple) else set()
    for key in ("answer", "origin", "keyword"):
        value = target.get(key)
        if isinstance(value, str) and any(word in value.lower().split() for word in RELATIONS):
            found |= {word for word in RELATIONS if word in value.lower().split()}
    return found
