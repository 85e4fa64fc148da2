"""Numbers above the cells: means over tasks or scenarios, and the correlation of their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.scenario import Metric, Sample
from mmdt.core.score import Scored
from mmdt.stats.combine import weighted_mean
from mmdt.stats.intervals.missing import is_outer, outer
from mmdt.stats.table import Table

TOO_FEW = "too_few"
"""In ``extra``: the outputs are too few for a number that says anything."""


@dataclass(frozen=True)
class Rows:
    """The scored outputs of one cell or scenario, with those of its baseline."""

    rows: Sequence[Scored]
    baseline: Sequence[Scored] = ()

    @cached_property
    def sample(self) -> Sample:
        return Sample(Table.of(self.rows), Table.of(self.baseline))

    @cached_property
    def clusters(self) -> frozenset[str]:
        return frozenset(Table.of(self.sample.rows).cluster_names)

    @cached_property
    def scenarios(self) -> frozenset[str]:
        return frozenset(cell.parent for cell in {row.cell for row in self.rows})


@dataclass(frozen=True)
class Node:
    """A number and its leaves: (weight, metric, outputs) of each.

    ``ends``: the number with everything missing at the lower end, and at the upper one; None where nothing is missing.
    """

    estimate: Estimate
    parts: tuple[tuple[float, Metric, Rows], ...]
    ends: tuple[Estimate, Estimate] | None = None

    @cached_property
    def clusters(self) -> frozenset[str]:
        return frozenset().union(*(rows.clusters for _, _, rows in self.parts))

    @cached_property
    def influence(self) -> Mapping[str, float] | None:
        """Each cluster's contribution to the error of the number; None where a metric does not compute it."""
        total: dict[str, float] = {}
        for weight, metric, rows in self.parts:
            influence_of = getattr(metric.estimate, "influence", None)
            if influence_of is None:
                return None
            for cluster, value in influence_of(rows.sample).items():
                total[cluster] = total.get(cluster, 0.0) + weight * value
        return total


def leaf(metric: Metric, rows: Rows) -> Node:
    """The metric over one set of outputs."""
    estimate = _marked(outer(metric.estimate(rows.sample)), (metric,))
    ends_of = getattr(metric.estimate, "ends", None)
    ends = ends_of(rows.sample) if ends_of is not None and is_outer(estimate) else None
    return Node(estimate, ((1.0, metric, rows),), ends)


def _marked(estimate: Estimate, metrics: Sequence[Metric]) -> Estimate:
    """The estimate, with ``too_few`` where its interval is wider than one of the metrics allows."""
    widest = min((each.widest for each in metrics if each.widest is not None), default=float("inf"))
    if not estimate.high - estimate.low > widest:
        return estimate
    return replace(estimate, extra={**estimate.extra, TOO_FEW: 1.0})


def mean_of_nodes(
    name: str, nodes: Sequence[Node], weights: Sequence[float] = (), *, direction: Direction, absent: int = 0
) -> Node:
    """The weighted mean of several numbers, with an interval that accounts for shared clusters.

    ``absent`` counts expected parts that have no outputs at all; with any of them the mean has no value.
    """
    given = list(weights) or [1.0] * len(nodes)
    correlation = _correlations(nodes)
    children = [node.estimate for node in nodes]
    ends = _ends(nodes)
    estimate = weighted_mean(name, children, given, direction=direction, correlation=correlation, ends=ends)
    combined = None
    if ends is not None:
        least, most = (weighted_mean(name, each, given, direction=direction, correlation=correlation) for each in ends)
        combined = least, most
    estimate = replace(estimate, clusters=len(frozenset().union(*(node.clusters for node in nodes))))
    estimate = _marked(estimate, [metric for node in nodes for _, metric, _ in node.parts])
    if absent:
        estimate = _without_value(estimate, absent)
    parts = tuple(
        (share / sum(given) * weight, metric, rows)
        for share, node in zip(given, nodes, strict=True)
        for weight, metric, rows in node.parts
    )
    return Node(estimate, parts, combined)


def _ends(nodes: Sequence[Node]) -> tuple[list[Estimate], list[Estimate]] | None:
    """The nodes with everything missing at either end; None where nothing is missing, or some node cannot tell."""
    if all(node.ends is None for node in nodes) or any(node.ends is None and is_outer(node.estimate) for node in nodes):
        return None
    least, most = zip(*(node.ends or (node.estimate, node.estimate) for node in nodes), strict=True)
    return list(least), list(most)


def with_extra(node: Node, name: str, value: float) -> Node:
    """The number with one more value beside it, unless that is zero."""
    if not value:
        return node
    return replace(node, estimate=replace(node.estimate, extra={**node.estimate.extra, name: float(value)}))


def without_tasks(node: Node, absent: int) -> Node:
    """The number of a scenario without outputs for some tasks, marked so that it does not pass for the whole."""
    extra = {**node.estimate.extra, "absent": float(absent)}
    return replace(node, estimate=replace(node.estimate, extra=extra))


def _without_value(estimate: Estimate, absent: int) -> Estimate:
    extra = {key: value for key, value in estimate.extra.items() if not key.startswith("if_missing")}
    extra["absent"] = extra.get("absent", 0.0) + absent
    if estimate.value == estimate.value:  # not NaN
        extra["mean_of_present"] = estimate.value
    nan = float("nan")
    return replace(estimate, value=nan, low=nan, high=nan, extra=extra)


def _correlations(nodes: Sequence[Node]) -> NDArray[np.float64]:
    """Of the nodes' values, by their shared clusters; zero where they share none or a metric has no influence."""
    found = np.eye(len(nodes))
    for (i, first), (j, second) in combinations(enumerate(nodes), 2):
        if not first.clusters.isdisjoint(second.clusters):
            found[i, j] = found[j, i] = _correlation(first.influence, second.influence)
    return found


def _correlation(first: Mapping[str, float] | None, second: Mapping[str, float] | None) -> float:
    if not first or not second:
        return 0.0
    shared = sum(value * second[cluster] for cluster, value in first.items() if cluster in second)
    spread = sum(value**2 for value in first.values()) * sum(value**2 for value in second.values())
    return float(shared / spread**0.5) if spread > 0 else 0.0
