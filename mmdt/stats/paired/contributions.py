"""What each cluster contributes to a number, so that two runs can be paired cluster by cluster.

A number over a set of outputs is written as a sum over clusters. For means, conditional means and drops the sum is
exact. For any other number (a median, a bias of groups) it is the value plus each cluster's influence, to first order;
where the metric does not compute influences, they are those of the delete-a-group jackknife (Kott 2001, J. of Official
Statistics 17), with groups of clusters that are the same in every run.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from mmdt.core.scenario import Metric, Sample
from mmdt.errors import MmdtError
from mmdt.stats.intervals.bootstrap import values_only
from mmdt.stats.large.processes import spread
from mmdt.stats.metrics import Terms
from mmdt.stats.rollup import Node, Rows
from mmdt.stats.table import Table

GROUPS = 40
"""Groups of the jackknife; fewer clusters are left out one by one."""
_GROUP = "\x1fgroup "


@dataclass(frozen=True, slots=True)
class Sums:
    """By cluster: its part of the value (they add up to it), and its share of the outputs (they add up to 1)."""

    parts: Mapping[str, float]
    shares: Mapping[str, float]

    @property
    def value(self) -> float:
        return math.fsum(self.parts.values())

    @property
    def grouped(self) -> bool:
        return any(name.startswith(_GROUP) for name in self.parts)

    def in_groups(self) -> Sums:
        """By groups of clusters, as the jackknife forms them."""
        groups = {name: group_of(name) for name in self.parts}
        return Sums(_regrouped(self.parts, groups), _regrouped(self.shares, groups))


def sums_of(metric: Metric, rows: Rows) -> Sums | None:
    """A metric over one set of outputs, cluster by cluster; None where it has no value or too few clusters."""
    terms_of = getattr(metric.estimate, "terms", None)
    if terms_of is not None:
        return _mean(terms_of(rows.sample))
    value = _value(metric, rows.sample)
    influence_of = getattr(metric.estimate, "influence", None)
    influence = influence_of(rows.sample) if influence_of is not None else _jackknife(metric, rows.sample, value)
    if math.isnan(value) or not influence:
        return None
    grouped = any(name.startswith(_GROUP) for name in influence)
    shares: dict[str, float] = {}
    table = Table.of(rows.sample.rows)
    for cluster, weight in zip(table.cluster_names, np.bincount(table.clusters, table.weights).tolist(), strict=True):
        name = group_of(cluster) if grouped else cluster
        if name in influence:
            shares[name] = shares.get(name, 0.0) + weight
    total = sum(shares.values())
    shares = {name: share / total for name, share in shares.items()}
    spread = math.fsum(influence.values())
    return Sums({name: influence[name] + (value - spread) * share for name, share in shares.items()}, shares)


KnownSums = dict[tuple[int, str], Sums | None]
"""By outputs (the id of their ``Rows``) and the name of the metric."""


def sums_ahead(pairs: Iterable[tuple[Node, Node]]) -> KnownSums:
    """What ``difference`` of these pairs will need of large runs and takes long to compute, by several processes; empty
    for small runs."""
    slow: dict[int, tuple[Rows, dict[str, Metric]]] = {}
    for _, metric, rows in (part for pair in pairs if _have_values(*pair) for node in pair for part in node.parts):
        if not _is_mean(metric):
            slow.setdefault(id(rows), (rows, {}))[1][metric.name] = metric
    items = sorted(slow.values(), key=lambda each: -len(each[0].rows) * len(each[1]))
    known: KnownSums = {}

    def work(item: tuple[Rows, dict[str, Metric]]) -> dict[str, Sums | None]:
        rows, metrics = item
        return {name: _known(metric, rows, known) for name, metric in metrics.items()}

    outputs = sum(len(rows.rows) for rows, _ in items)
    for (rows, _), sent in spread(work, lambda item: msgspec.msgpack.encode(work(item)), items, outputs):
        found = msgspec.msgpack.decode(sent, type=dict[str, Sums | None])
        known.update(((id(rows), name), sums) for name, sums in found.items())
    return known


def _have_values(one: Node, other: Node) -> bool:
    there = not math.isnan(one.estimate.value) and not math.isnan(other.estimate.value)
    return there and len(one.parts) == len(other.parts)


def _is_mean(metric: Metric) -> bool:
    """Whether its sums are quickly found: of means, conditional means and drops."""
    return getattr(metric.estimate, "terms", None) is not None


def difference(one: Node, other: Node, known: KnownSums) -> Sums | None:
    """The second number minus the first, by cluster; None where either has no value.

    Under the null hypothesis both runs have one value, which their mean estimates: each cluster's part is measured from
    it, so that swapping the runs changes its sign. ``known`` keeps the parts of outputs that several numbers rest on.
    """
    if not _have_values(one, other):
        return None
    pairs: list[tuple[float, Sums, Sums]] = []
    for (weight, metric, rows), (_, _, theirs) in zip(one.parts, other.parts, strict=True):
        mine, its = _known(metric, rows, known), _known(metric, theirs, known)
        if mine is None or its is None:
            return None
        pairs.append((weight, mine, its))
    if any(mine.grouped or its.grouped for _, mine, its in pairs):
        pairs = [(weight, mine.in_groups(), its.in_groups()) for weight, mine, its in pairs]
    return _total(pairs)


def group_of(cluster: str) -> str:
    """The group of the jackknife that a cluster belongs to, in every run."""
    return cluster if cluster.startswith(_GROUP) else f"{_GROUP}{zlib.crc32(cluster.encode()) % GROUPS}"


def _total(pairs: list[tuple[float, Sums, Sums]]) -> Sums:
    parts: dict[str, float] = {}
    shares: dict[str, float] = {}
    for weight, mine, its in pairs:
        common = (mine.value + its.value) / 2
        for sign, each in ((-1, mine), (1, its)):
            for name, part in each.parts.items():
                share = each.shares[name]
                parts[name] = parts.get(name, 0.0) + sign * weight * (part - common * share)
                shares[name] = shares.get(name, 0.0) + weight * share / 2
    return Sums(parts, shares)


def _known(metric: Metric, rows: Rows, known: KnownSums) -> Sums | None:
    key = (id(rows), metric.name)
    if key not in known:
        known[key] = sums_of(metric, rows)
    return known[key]


def _mean(terms: Terms) -> Sums | None:
    there = ~np.isnan(terms.values)
    known = terms.table.where(there)
    if not len(known):
        return None
    weights = known.weights
    parts, shares = np.bincount(known.clusters, weights * terms.values[there]), np.bincount(known.clusters, weights)
    total = math.fsum(shares.tolist())
    if not total:
        return None
    names = known.cluster_names
    return Sums(
        dict(zip(names, (parts / total).tolist(), strict=True)),
        dict(zip(names, (shares / total).tolist(), strict=True)),
    )


def _jackknife(metric: Metric, sample: Sample, value: float) -> dict[str, float]:
    """Each group's influence; empty where there are fewer than two, or the value rests on one of them."""
    rows, baseline = Table.of(sample.rows), Table.of(sample.baseline)
    clusters = rows.cluster_names
    if math.isnan(value) or len(clusters) < 2:
        return {}
    grouped = len(clusters) > GROUPS
    name = {each: group_of(each) if grouped else each for each in clusters}
    names = sorted(set(name.values()))
    values_without = getattr(metric.estimate, "values_without", None)
    without: dict[str, float] = (values_without(sample, name) if values_without is not None else None) or {}
    mine, its = _groups(rows, name), _groups(baseline, name)
    for left_out in names if not without else ():
        rest = Sample(rows.where(mine != left_out), baseline.where(its != left_out))
        without[left_out] = _value(metric, rest)
    if any(map(math.isnan, without.values())):
        return {}
    centre = math.fsum(without.values()) / len(names)
    return {each: (len(names) - 1) / len(names) * (centre - found) for each, found in without.items()}


def _groups(table: Table, name: Mapping[str, str]) -> NDArray[np.object_]:
    """The group of each output's cluster."""
    found = np.array([name.get(each) for each in table.cluster_names], object)
    return found[table.clusters]


def _value(metric: Metric, sample: Sample) -> float:
    try:
        with values_only():
            return metric.estimate(sample).value
    except MmdtError:
        return math.nan  # outputs without which it cannot be computed


def _regrouped(by_cluster: Mapping[str, float], groups: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in by_cluster.items():
        group = groups[name]
        found[group] = found.get(group, 0.0) + value
    return found
