"""The numbers of a scenario whose cells were asked until they were known well enough."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Metric, Scenario
from mmdt.stats.intervals.missing import with_outer
from mmdt.stats.metrics import ClusteredMean
from mmdt.stats.rollup import Node, mean_of_nodes
from mmdt.stats.sequential.any_time import METHOD, watchable, watched
from mmdt.stats.sequential.betting import limits
from mmdt.stats.sequential.order import ANY_TIME, NOT_AT_ANY_TIME, CellClusters, Order

Cells = Mapping[str, Mapping[str, Node]]
"""Task -> metric -> its number."""


def with_any_time(cells: Cells, scenario: Scenario, order: Order) -> dict[str, dict[str, Node]]:
    """The numbers of the cells with intervals that hold at any time, where their metrics have such."""
    return {
        task: {name: _leaf(node, order.cells.get(str(scenario.cell(task))), order) for name, node in nodes.items()}
        for task, nodes in cells.items()
    }


def pooled_at_any_time(metric: Metric, scenario: Scenario, order: Order, cells: Cells) -> Node | None:
    """A plain mean over the outputs of several cells, from the cells' own numbers: each weighs as much as if all of it
    had been asked, and the interval is made of intervals that hold at any time. None for other metrics and roll-ups."""
    mean = metric.estimate
    if scenario.rollup != "pool" or len(cells) < 2 or not isinstance(mean, ClusteredMean) or not mean.plain_mean:
        return None
    sizes = {task: sum(_clusters(scenario, task, order).about(mean.benign).values()) for task in cells}
    asked = {task: nodes[metric.name] for task, nodes in cells.items() if sizes[task]}
    if not asked or not watchable(metric):
        return None
    weights = [float(sizes[task]) for task in asked]
    return mean_of_nodes(metric.name, list(asked.values()), weights, direction=metric.direction)


def _clusters(scenario: Scenario, task: str, order: Order) -> CellClusters:
    return order.cells.get(str(scenario.cell(task)), CellClusters())


def _leaf(node: Node, clusters: CellClusters | None, order: Order) -> Node:
    ((_, metric, rows),) = node.parts
    if clusters is None:
        return node
    estimate = node.estimate
    if not watchable(metric):
        marked = replace(estimate, extra={**estimate.extra, NOT_AT_ANY_TIME: 1.0})
        return replace(node, estimate=marked)
    found = watched(metric, rows.rows, clusters, order)
    whole = _at_any_time(estimate, found.interval(), found.clusters)
    if node.ends is None:
        return replace(node, estimate=whole)
    least, most = found.bounds
    ends = tuple(
        _at_any_time(end, tuple(least + limit * (most - least) for limit in limits(seen)), found.clusters)
        for end, seen in zip(node.ends, (found.low, found.high), strict=True)
    )
    return Node(replace(whole, method=with_outer(METHOD)), node.parts, (ends[0], ends[1]))


def _at_any_time(estimate: Estimate, interval: tuple[float, ...], clusters: int) -> Estimate:
    """The value rests on all outputs, the interval on those up to the first gap: it is widened to hold the value."""
    low, high = interval
    there = [] if math.isnan(estimate.value) else [estimate.value]
    extra = {**estimate.extra, ANY_TIME: float(clusters)}
    return replace(estimate, low=min([low, *there]), high=max([high, *there]), method=METHOD, extra=extra)
