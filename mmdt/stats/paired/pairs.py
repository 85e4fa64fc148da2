"""Two runs on the cases that both were asked: every number in both, and their difference by cluster."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mmdt.core.scenario import Perspective
from mmdt.core.score import Scored
from mmdt.stats.paired.contributions import KnownSums, Sums, difference, sums_ahead
from mmdt.stats.paired.matching import Counts, Key, Matching, match
from mmdt.stats.paired.spread import Spread
from mmdt.stats.rollup import Node
from mmdt.stats.scorecard import KnownScenarios, Numbers, comparable
from mmdt.stats.served import Served

Number = tuple[str, str]
"""Address and metric."""
PairKey = tuple[int, int]
Test = tuple[PairKey, Number]
"""Two runs by their places, and a number."""


@dataclass(frozen=True)
class Pair:
    """A number in two runs on the cases that count in both.

    ``sums``: the difference by cluster, None where there is none. ``bounds``: the least and greatest difference that
    the missing outputs leave possible, NaN where nothing is missing or the values have no bounds. ``scenarios``: those
    that the number rests on. ``served``: who answered in each run.
    """

    first: Node
    second: Node
    sums: Sums | None
    spread: Spread | None
    counts: Counts
    bounds: tuple[float, float]
    scenarios: frozenset[str]
    served: tuple[Served, Served]


def pair_up(
    perspectives: Sequence[Perspective],
    first: Sequence[Scored],
    second: Sequence[Scored],
    known: KnownScenarios | None = None,
    wanted: Callable[[Number], bool] = lambda number: True,
) -> dict[Number, Pair]:
    """Every number that both runs have on the cases that both were asked. ``known``: numbers of scenarios that were
    computed before, as of the whole runs. ``wanted``: which numbers to pair."""
    known = KnownScenarios() if known is None else known
    matching = match(first, second)
    if not matching.first:
        return {}
    mine, its = (
        {each.address: each for each in comparable(perspectives, rows, known)}
        for rows in (matching.first, matching.second)
    )
    worst = _worst(perspectives, matching, known)
    both = {
        (address, metric): (one, node, other.nodes[metric])
        for address, one, other in _shared(mine, its)
        for metric, node in one.nodes.items()
        if metric in other.nodes and wanted((address, metric))
    }
    sums = sums_ahead((node, other) for _, node, other in both.values())
    return {
        number: _pair(whole, node, other, sums, matching, worst.get(number, (math.nan, math.nan)))
        for number, (whole, node, other) in both.items()
    }


def _shared(mine: Mapping[str, Numbers], its: Mapping[str, Numbers]) -> Iterator[tuple[str, Numbers, Numbers]]:
    for address, each in mine.items():
        if address in its:
            yield address, each, its[address]


def _pair(
    whole: Numbers,
    one: Node,
    other: Node,
    known: KnownSums,
    matching: Matching,
    bounds: tuple[float, float],
) -> Pair:
    sums = difference(one, other, known)
    scenarios = frozenset().union(*(rows.scenarios for _, _, rows in one.parts))
    cells = [
        cell
        for cell in matching.cells
        if (cell == whole.address if whole.level == "cell" else cell.rpartition("/")[0] in scenarios)
    ]
    counts = Counts.sum(matching.cells[cell] for cell in cells)
    if without := len(_without_value(one, cells, matching)):
        counts = replace(counts, matched=counts.matched - without, missing=counts.missing + without)
    first, second = (Served.sum(by_cell[cell] for cell in cells if cell in by_cell) for by_cell in matching.served)
    spread = Spread.of(sums, *_ranges(one)) if sums else None
    return Pair(one, other, sums, spread, counts, bounds, scenarios, (first, second))


def _without_value(node: Node, cells: Sequence[str], matching: Matching) -> set[Key]:
    """The matched cases that lack what this number is made from in either run."""
    metrics = {metric.name: metric for _, metric, _ in node.parts}.values()
    partial = [(cell, rows) for cell in cells for rows in matching.partial.get(cell, ())]
    found: set[Key] = set()
    for metric in metrics:
        counted = getattr(metric.estimate, "counted", None)
        for cell, rows in partial:
            if counted is not None:
                values = [(row.case_id, value) for value, row in counted(rows)]
            else:
                values = [(row.case_id, _least(row, metric.components)) for row in rows]
            known = {case for case, value in values if not math.isnan(value)}
            found |= {(cell, case) for case, _ in values if case not in known}
    return found


def _least(row: Scored, components: Sequence[str]) -> float:
    """NaN where any of the components is missing."""
    there = not row.score.missing or all(name in row.score.values for name in components)
    return 0.0 if there else math.nan


def _ranges(node: Node) -> tuple[float | None, float | None]:
    """The range of the values that a number is made from, and of the difference between two of them."""
    spans = [None if metric.bounds is None else metric.bounds[1] - metric.bounds[0] for _, metric, _ in node.parts]
    limits = [getattr(metric.estimate, "widest_difference", None) for _, metric, _ in node.parts]
    known = [each for each in spans if each is not None]
    reach = [each for each in limits if each is not None]
    return (
        max(known) if len(known) == len(spans) else None,
        max(reach) if len(reach) == len(limits) else None,
    )


def _worst(
    perspectives: Sequence[Perspective], matching: Matching, known: KnownScenarios
) -> dict[Number, tuple[float, float]]:
    """By number, the least and greatest difference if everything missing had come out one way or the other."""
    if not any(row.score.missing or not row.score.values for rows in matching.asked for row in rows):
        return {}
    one, other = ({each.address: each for each in comparable(perspectives, rows, known)} for rows in matching.asked)
    found: dict[Number, tuple[float, float]] = {}
    for address, mine, its in _shared(one, other):
        for metric, node in mine.nodes.items():
            if metric in its.nodes:
                (low, high), (other_low, other_high) = map(_possible, (node, its.nodes[metric]))
                if low != high or other_low != other_high:
                    found[address, metric] = (other_low - high, other_high - low)
    return found


def _possible(node: Node) -> tuple[float, float]:
    estimate = node.estimate
    low = estimate.extra.get("if_missing_low", estimate.value)
    return low, estimate.extra.get("if_missing_high", estimate.value)
