"""Scorecard: from scored outputs to every number of a run, cell by cell, scenario by scenario, and above."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Literal

import msgspec
import numpy as np

from mmdt.core.cell import Cell
from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Metric, Perspective, Scenario
from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.spelling import verb
from mmdt.stats.contrasts import contrast
from mmdt.stats.intervals.bootstrap import values_only
from mmdt.stats.large.processes import spread
from mmdt.stats.rollup import Node, Rows, leaf, mean_of_nodes, with_extra, without_tasks
from mmdt.stats.scoring import score
from mmdt.stats.sequential.any_time import asked
from mmdt.stats.sequential.nodes import pooled_at_any_time, with_any_time
from mmdt.stats.sequential.order import NOT_AT_ANY_TIME, Order
from mmdt.stats.summaries import Summaries
from mmdt.stats.table import Table
from mmdt.stats.tally import Tally

__all__ = ["Result", "Scorecard", "Tally", "score", "scorecard"]

Level = Literal["summary", "scenario", "cell"]


@dataclass(frozen=True, slots=True)
class Result:
    """The numbers of one address; ``headline`` names the metric to show first."""

    address: str
    level: Level
    title: str
    tally: Tally
    estimates: tuple[Estimate, ...]
    headline: str

    def estimate(self, metric: str = "") -> Estimate:
        """The estimate of a metric (the headline unless named). Raises UsageError where there is none."""
        wanted = metric or self.headline
        for each in self.estimates:
            if each.metric == wanted:
                return each
        known = ", ".join(each.metric for each in self.estimates)
        raise UsageError(f"unknown metric {wanted!r}", where=self.address, hint=f"use one of: {known}")


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Every number of a run.

    In order of declaration: the summaries of a perspective, then each scenario followed by its cells. ``complete``:
    there are outputs, and none that a count or a headline rests on is missing. ``note``: what a reader must know about
    where the numbers come from; usually nothing, since they are computed from the outputs whenever they are read.
    """

    results: tuple[Result, ...]
    complete: bool
    note: str = ""

    def result(self, address: str) -> Result:
        """The result of an address. Raises UsageError where there is none."""
        for each in self.results:
            if each.address == address:
                return each
        raise UsageError(
            f"the scorecard has no {address!r}", hint=f"use an address of the run, as {verb('list cells')} shows"
        )


@dataclass(frozen=True)
class Numbers:
    """The numbers of one address with the outputs that each rests on, by metric."""

    address: str
    level: Level
    title: str
    tally: Tally
    nodes: Mapping[str, Node]
    headline: str

    @property
    def result(self) -> Result:
        more = self.tally.served.extra
        found = (node.estimate for node in self.nodes.values())
        estimates = tuple(replace(each, extra={**each.extra, **more}) for each in found) if more else tuple(found)
        return Result(self.address, self.level, self.title, self.tally, estimates, self.headline)


@dataclass
class _ScenarioRows:
    """The scored outputs of a scenario by task, in the order of the tasks."""

    scenario: Scenario
    by_task: dict[str, list[Scored]]
    baseline: dict[str, list[Scored]] = field(default_factory=dict)
    order: Order | None = None

    @cached_property
    def rows(self) -> dict[str, Rows]:
        """The outputs of each task and its baseline (the whole one if that lacks the task); those of all tasks under
        the empty name."""
        whole, tasks = self._tables
        everything, baseline = self._baselines
        by_task = {task: Rows(table, baseline.get(task, everything)) for task, table in tasks.items()}
        return {"": Rows(whole, everything), **by_task}

    def forget(self) -> None:
        """Free what the tables have made of the outputs."""
        for rows in self.rows.values():
            for table in (rows.rows, rows.baseline):
                Table.of(table).forget()

    @property
    def outputs(self) -> int:
        return sum(map(len, self.by_task.values()))

    @cached_property
    def _tables(self) -> tuple[Table, dict[str, Table]]:
        """All outputs, and those of each task as parts of these."""
        return _by_task({task: self._there(rows) for task, rows in self.by_task.items()})

    @cached_property
    def _baselines(self) -> tuple[Table, dict[str, Table]]:
        return _by_task(self.baseline)

    def _there(self, rows: list[Scored]) -> list[Scored]:
        """What a run asks in random order is a sample at any time: what it has not asked is not missing from it."""
        if self.order is None:
            return rows
        return [row for row in rows if asked(row) or str(row.cell) not in self.order.cells]

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The scenario's metrics, without optional ones that no output has anything for."""
        optional = [each for each in self.scenario.metrics if each.optional]
        rows = [row for rows in self.by_task.values() for row in rows] if optional else []
        several = {id(row.score.values): row.score.values for row in rows}  # outputs of a kept run share their scores
        seen = {name for values in several.values() for name in values}
        benign = any(row.benign for rows in self.by_task.values() for row in rows) if optional else False
        idle = [each for each in optional if not _used(each, seen) and not (each.benign and benign)]
        return tuple(each for each in self.scenario.metrics if each not in idle)

    @cached_property
    def stands_for(self) -> int:
        """The number of cases that the outputs are a sample of; 0 where they are all of them."""
        if not any(row.weight != 1 for rows in self.by_task.values() for row in rows):
            return 0
        weights = {(row.cell, row.case_id): row.weight for rows in self.by_task.values() for row in rows}
        return round(sum(weights.values()))

    @property
    def absent(self) -> int:
        """How many declared tasks have no outputs in this run."""
        return sum(task not in self.by_task for task in self.scenario.tasks or ())


class KnownScenarios:
    """Numbers of scenarios, computed once for the same outputs (the same objects: nothing else is compared)."""

    def __init__(self) -> None:
        self._found: dict[object, tuple[_ScenarioRows, tuple[list[Numbers], dict[str, Node]]]] = {}

    def of(self, rows: _ScenarioRows) -> tuple[list[Numbers], dict[str, Node]]:
        """See ``_scenario``."""
        key = _key(rows)
        if key not in self._found:
            self._found[key] = rows, _scenario(rows)  # the rows are kept too, so that no other object gets their ids
        return self._found[key][1]

    def ahead(self, several: Iterable[_ScenarioRows]) -> None:
        """Compute those of large scenarios now, by several processes."""
        unknown = {key: rows for rows in several if (key := _key(rows)) not in self._found}
        ordered = sorted(unknown.items(), key=lambda each: -each[1].outputs)
        outputs = sum(rows.outputs for _, rows in ordered)
        done = spread(lambda item: self.of(item[1]), lambda item: _sent(item[1]), ordered, outputs)
        self._found.update((key, (rows, _received(sent, rows))) for (key, rows), sent in done)


def _key(rows: _ScenarioRows) -> tuple[object, ...]:
    return (id(rows.scenario), id(rows.order), *map(_identity, (rows.by_task, rows.baseline)))


_SentNode = tuple[Estimate, list[tuple[float, str, str]], tuple[Estimate, Estimate] | None]
"""A node with the names of the metric and of the task of each of its parts."""
_SentNumbers = tuple[str, Level, str, Tally, dict[str, int], str]
"""Numbers with the places of their nodes."""


class _Sent(msgspec.Struct, array_like=True):
    """What ``_scenario`` found in another process: ``own`` has the places of the scenario's nodes."""

    numbers: list[_SentNumbers]
    own: dict[str, int]
    nodes: list[_SentNode]


def _sent(rows: _ScenarioRows) -> bytes:
    """The numbers of a scenario for another process that has its outputs. What was made of these is freed."""
    numbers, own = _scenario(rows)
    tasks = {id(each): task for task, each in rows.rows.items()}
    nodes = {id(node): node for each in numbers for node in each.nodes.values()}
    places = {each: place for place, each in enumerate(nodes)}
    found = _Sent(
        [
            (
                n.address,
                n.level,
                n.title,
                n.tally,
                {name: places[id(node)] for name, node in n.nodes.items()},
                n.headline,
            )
            for n in numbers
        ],
        {name: places[id(node)] for name, node in own.items()},
        [
            (node.estimate, [(weight, metric.name, tasks[id(of)]) for weight, metric, of in node.parts], node.ends)
            for node in nodes.values()
        ],
    )
    rows.forget()
    return msgspec.msgpack.encode(found)


def _received(sent: bytes, rows: _ScenarioRows) -> tuple[list[Numbers], dict[str, Node]]:
    """What ``_sent`` sent, with the metrics and the outputs that are here."""
    found = msgspec.msgpack.decode(sent, type=_Sent)
    metrics = {each.name: each for each in rows.scenario.metrics}
    nodes = [
        Node(estimate, tuple((weight, metrics[name], rows.rows[task]) for weight, name, task in parts), ends)
        for estimate, parts, ends in found.nodes
    ]
    numbers = [
        Numbers(address, level, title, tally, {name: nodes[place] for name, place in places.items()}, headline)
        for address, level, title, tally, places, headline in found.numbers
    ]
    return numbers, {name: nodes[place] for name, place in found.own.items()}


def _identity(by_task: Mapping[str, Sequence[Scored]]) -> tuple[tuple[str, bytes], ...]:
    ids = ((task, np.fromiter(map(id, rows), np.uint64, len(rows))) for task, rows in by_task.items())
    return tuple((task, blake2b(each.tobytes()).digest()) for task, each in ids)


def _by_task(rows: Mapping[str, Sequence[Scored]]) -> tuple[Table, dict[str, Table]]:
    """All rows as a table, and those of each task as parts of it."""
    whole = Table([row for each in rows.values() for row in each])
    found, start = {}, 0
    for task, each in rows.items():
        found[task] = whole.part(start, start + len(each))
        start += len(each)
    return whole, found


def scorecard(perspectives: Iterable[Perspective], scored: Iterable[Scored], order: Order | None = None) -> Scorecard:
    """Every number of a run from its scored outputs (one pass).

    ``order``: that in which a run with ``until`` asked its cases; it knows all of them once ``scored`` is at its end.

    Scenarios without outputs are left out, and so are summaries without any part; a summary that lacks some of its
    parts has no value (see ``mmdt.stats.combine``). Where the outputs are those of a sample (``Scored.weight``), a
    number over all outputs of a scenario weights its cells by the cases that they have in the data;
    ``extra["weighted_to"]`` is their number, and ``extra["unweighted"]`` marks a number of a metric that does not
    weight them. Raises UsageError where an output belongs to a scenario that no perspective declares."""
    results = tuple(each.result for each in numbers(perspectives, scored, order))
    return Scorecard(results, bool(results) and all(map(_is_complete, results)))


def numbers(
    perspectives: Iterable[Perspective],
    scored: Iterable[Scored],
    order: Order | None = None,
    known: KnownScenarios | None = None,
) -> list[Numbers]:
    """The numbers of :func:`scorecard`, each with the outputs that it rests on. Raises UsageError likewise.

    ``known``: keeps those of scenarios, for other calls with some of the same outputs."""
    perspectives = tuple(perspectives)
    found = _find(perspectives, scored, order)
    known = KnownScenarios() if known is None else known
    known.ahead(found.values())
    return [each for perspective in perspectives for each in _perspective(perspective, found, known)]


def comparable(
    perspectives: Iterable[Perspective], scored: Iterable[Scored], known: KnownScenarios | None = None
) -> list[Numbers]:
    """The numbers that two runs can be compared by, without their intervals: contrasts, which are differences
    themselves, are left out. ``known`` as in :func:`numbers`; it must serve for nothing else."""
    with values_only():
        found = numbers(perspectives, scored, known=known)
    return [each for each in found if all(node.parts for node in each.nodes.values())]


def _used(metric: Metric, seen: Collection[str]) -> bool:
    """Whether there is a component that an optional metric needs."""
    return metric.needs in seen if metric.needs else any(name in seen for name in metric.components)


def _is_complete(result: Result) -> bool:
    """Whether nothing is missing. What the reader could not tell is counted and bounded: asking again cannot tell
    it."""
    return not result.tally.missing and result.estimate().missing <= result.tally.unclear


def _find(
    perspectives: tuple[Perspective, ...], scored: Iterable[Scored], order: Order | None = None
) -> dict[str, _ScenarioRows]:
    cells: dict[Cell, list[Scored]] = {}
    last, rows = None, list[Scored]()
    for row in scored:
        if row.cell is not last:  # most follow one of the same cell
            last, rows = row.cell, cells.setdefault(row.cell, [])
        rows.append(row)
    by_scenario: dict[str, dict[str, list[Scored]]] = {}
    for cell, rows in cells.items():
        by_scenario.setdefault(cell.parent, {})[cell.task] = rows
    known = {scenario.address: scenario for each in perspectives for scenario in each.scenarios}
    for address in by_scenario.keys() - known.keys():
        raise UsageError(f"the scenario {address} is not installed", hint="install the package that declares it")
    return {
        address: _ScenarioRows(
            known[address], _in_order(known[address], tasks), by_scenario.get(_baseline(known[address]), {}), order
        )
        for address, tasks in by_scenario.items()
    }


def _in_order(scenario: Scenario, tasks: Mapping[str, list[Scored]]) -> dict[str, list[Scored]]:
    declared = [task for task in scenario.tasks or () if task in tasks]
    return {task: tasks[task] for task in [*declared, *sorted(tasks.keys() - set(declared))]}


def _baseline(scenario: Scenario) -> str:
    name = scenario.baseline
    return name if not name or "/" in name else f"{scenario.perspective}/{scenario.modality}/{name}"


def _perspective(perspective: Perspective, found: Mapping[str, _ScenarioRows], known: KnownScenarios) -> list[Numbers]:
    scenarios: list[Numbers] = []
    by_scenario: dict[str, dict[str, Node]] = {}
    for scenario in perspective.scenarios:
        if scenario.address in found:
            results, by_scenario[scenario.address] = known.of(found[scenario.address])
            scenarios += results
    tallies = {each.address: each.tally for each in scenarios if each.level == "scenario"}
    above = [
        Numbers(
            address,
            "summary",
            summary.title,
            Tally.sum(tallies[each] for each in sorted(below)),
            {summary.metric: node},
            summary.metric,
        )
        for summary, address, (node, below) in Summaries(perspective, by_scenario).numbers()
    ]
    return [*above, *_contrasts(perspective, found), *scenarios]


def _contrasts(perspective: Perspective, found: Mapping[str, _ScenarioRows]) -> Iterable[Numbers]:
    """The number of each declared contrast of which the outputs have pairs. It rests on no metric of one scenario."""
    for each in perspective.contrasts:
        if not all(address in found for address in each.of):
            continue
        first, second = (found[address].rows[""].rows for address in each.of)
        estimate = contrast(each, first, second)
        if estimate is not None:
            tally = Tally.of([*first, *second])
            node = Node(estimate, ())
            if any(found[address].order is not None for address in each.of):
                node = with_extra(node, NOT_AT_ANY_TIME, 1.0)
            nodes = {estimate.metric: node}
            yield Numbers(each.name, "summary", each.title, tally, nodes, estimate.metric)


def _scenario(found: _ScenarioRows) -> tuple[list[Numbers], dict[str, Node]]:
    """The scenario's result followed by its cells', and the scenario's numbers by metric."""
    scenario = found.scenario
    by_task = {task: found.rows[task] for task in found.by_task}
    metrics = found.metrics
    cells = {task: {each.name: leaf(each, rows) for each in metrics} for task, rows in by_task.items()}
    if found.order is not None:
        cells = with_any_time(cells, found.scenario, found.order)
    own = {each.name: _scenario_number(each, found, cells) for each in metrics}
    tallies = {task: Tally.of(rows) for task, rows in found.by_task.items()}
    whole = Numbers(scenario.address, "scenario", scenario.title, Tally.sum(tallies.values()), own, scenario.headline)
    below = [
        Numbers(str(scenario.cell(task)), "cell", task, tallies[task], cells[task], scenario.headline) for task in cells
    ]
    return [whole, *below], own


def _scenario_number(metric: Metric, found: _ScenarioRows, cells: Mapping[str, Mapping[str, Node]]) -> Node:
    if found.order is not None and (node := pooled_at_any_time(metric, found.scenario, found.order, cells)):
        return without_tasks(node, found.absent) if found.absent else node
    if found.scenario.rollup == "pool":
        node = leaf(metric, found.rows[""]) if len(cells) > 1 else next(iter(cells.values()))[metric.name]
        if metric.weighted:
            node = with_extra(node, "weighted_to", found.stands_for)
        else:
            node = with_extra(node, "unweighted", float(found.stands_for > 0))
        return without_tasks(node, found.absent) if found.absent else node
    nodes = [numbers[metric.name] for numbers in cells.values()]
    weights = [found.scenario.weights.get(task, 1.0) for task in cells]
    return mean_of_nodes(metric.name, nodes, weights, direction=metric.direction, absent=found.absent)
