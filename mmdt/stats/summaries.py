"""Summaries: the numbers a perspective declares above its scenarios."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import fsum, isnan

from mmdt.core.scenario import Perspective, Summary
from mmdt.errors import UsageError
from mmdt.stats.rollup import Node, mean_of_nodes, with_extra

FEWEST_IN_RANGE = 3
NodeAndScenarios = tuple[Node, frozenset[str]]
"""A number, and the addresses of the scenarios it is made from."""


class Summaries:
    """The summaries of one perspective, which may be made from each other."""

    def __init__(self, perspective: Perspective, numbers: Mapping[str, Mapping[str, Node]]) -> None:
        self._perspective = perspective
        self._numbers = numbers
        self._declared = {each.name: each for each in perspective.summaries}
        self._done: dict[str, NodeAndScenarios | None] = {}

    def numbers(self) -> list[tuple[Summary, str, NodeAndScenarios]]:
        """(summary, its address, its number with scenarios) of each summary that has outputs, as declared."""
        found = []
        for summary in self._perspective.summaries:
            part = self._summary(summary, ())
            if part:
                found.append((summary, self._address(summary), part))
        return found

    def _address(self, summary: Summary) -> str:
        return summary_address(self._perspective.name, summary.name)

    def _summary(self, summary: Summary, above: tuple[str, ...]) -> NodeAndScenarios | None:
        """The summary's number and its scenarios; None where none of them has outputs."""
        if summary.name in above:
            raise UsageError("a summary is made from itself", where=" > ".join([*above, summary.name]))
        if summary.name not in self._done:
            parts = [self._part(name, summary, (*above, summary.name)) for name in summary.of]
            self._done[summary.name] = self._mean(summary, parts)
        return self._done[summary.name]

    def _part(self, name: str, summary: Summary, above: tuple[str, ...]) -> NodeAndScenarios | None:
        if name in self._declared:
            return self._summary(self._declared[name], above)
        if name not in self._numbers:
            return None
        if summary.of_present and summary.metric not in self._numbers[name]:
            return None
        if summary.metric not in self._numbers[name]:
            known = ", ".join(self._numbers[name])
            what = f"the summary {summary.name!r} needs the metric {summary.metric!r}"
            raise UsageError(what, where=name, hint=f"name one of: {known}")
        return self._numbers[name][summary.metric], frozenset({name})

    def _mean(self, summary: Summary, parts: list[NodeAndScenarios | None]) -> NodeAndScenarios | None:
        weights = summary.weights or (1.0,) * len(parts)
        if len(weights) != len(parts):
            where = self._address(summary)
            raise UsageError(f"{len(weights)} weights for {len(parts)} parts", where=where, hint="give one for each")
        present = [(part, weight) for part, weight in zip(parts, weights, strict=True) if part]
        if not present:
            return None
        node = mean_of_nodes(
            summary.metric,
            [part[0] for part, _ in present],
            [weight for _, weight in present],
            direction=present[0][0][0].estimate.direction,
            absent=0 if summary.of_present else len(parts) - len(present),
        )
        scenarios = frozenset().union(*(part[1] for part, _ in present))
        if summary.ranges and not isnan(node.estimate.value):
            for name, value in self._ranges(summary.metric, scenarios).items():
                node = with_extra(node, name, value)
        return node, scenarios

    def _ranges(self, metric: str, scenarios: frozenset[str]) -> Mapping[str, float]:
        """``spread``: the greatest value of a scenario less the least; ``without_one_low`` and ``without_one_high``:
        the least and greatest mean of all but one of them. Nothing below three scenarios with a value."""
        values = [self._numbers[each][metric].estimate.value for each in scenarios]
        known = [value for value in values if not isnan(value)]
        if len(known) < len(values) or len(known) < FEWEST_IN_RANGE:
            return {}
        without = [(fsum(known) - value) / (len(known) - 1) for value in known]
        return {
            "spread": max(known) - min(known),
            "without_one_low": min(without),
            "without_one_high": max(without),
        }


def scenario_shares(perspective: Perspective, present: Collection[str]) -> list[tuple[str, str, dict[str, float]]]:
    """(address, metric, share of each scenario) of every summary whose parts are all ``present``; shares add up to
    1."""
    declared = {each.name: each for each in perspective.summaries}
    metrics = {each.address: {metric.name for metric in each.metrics} for each in perspective.scenarios}

    def shares(summary: Summary, above: tuple[str, ...]) -> dict[str, float]:
        found: dict[str, float] = {}
        weights = summary.weights or (1.0,) * len(summary.of)
        for name, weight in zip(summary.of, weights, strict=True):
            there = name in declared or (name in present and summary.metric in metrics.get(name, ()))
            if not there and summary.of_present:
                continue
            if name in above or not there:
                return {}
            below = shares(declared[name], (*above, name)) if name in declared else {name: 1.0}
            if not below:
                return {}
            for address, share in below.items():
                found[address] = found.get(address, 0.0) + weight * share
        total = fsum(found.values())
        return {address: share / total for address, share in found.items()} if total else {}

    return [
        (summary_address(perspective.name, each.name), each.metric, found)
        for each in perspective.summaries
        if (found := shares(each, (each.name,)))
    ]


def summary_address(perspective: str, name: str) -> str:
    """A summary's address in the scorecard: its name, below its perspective."""
    return name if name.split("/")[0] == perspective else f"{perspective}/{name}"
