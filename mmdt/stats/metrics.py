"""Metrics a scenario declares: means, conditional means, and paired differences from the clean cases.

Each is built on a small callable that also computes the *influence* of every cluster on its value, so that a mean of
several metrics over the same clusters (five questions about one picture) can account for their correlation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.scenario import Metric, Sample
from mmdt.core.score import Scored
from mmdt.stats.intervals.clusters import codes
from mmdt.stats.intervals.means import mean_at_ends, mean_estimate
from mmdt.stats.intervals.wilson import UNIT, Bounds, Floats
from mmdt.stats.table import Table

Found = TypeVar("Found")
Influence = Mapping[str, float]
"""Cluster -> its contribution to (value - expected value), to first order; the squares add up to the variance."""
ALL_TASKS = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """The values whose weighted mean a metric is, one for each output of the table; NaN where there is none."""

    values: Floats
    table: Table


def mean_of(
    component: str,
    *,
    name: str = "",
    title: str = "",
    direction: Direction = "higher",
    bounds: Bounds = UNIT,
    percent: bool | None = None,
    benign: bool | None = None,
    at: tuple[str, float] | None = None,
) -> Metric:
    """The mean of one component of the score over all outputs that have it; the others count as missing.

    Over several tasks it is the mean of outputs, not of tasks, and its interval takes the tasks' shares as fixed.
    ``bounds`` are the least and greatest value the component can take, None where there is no limit. ``percent``: show
    it as a percentage; by default if the bounds are 0 and 1. ``benign``: over benign cases alone (True), over all
    others (False), or over both: the others are then neither missing nor counted. ``at``: a component and its value;
    the metric is about the outputs that have it, and is left out where no output has the component.
    """
    compute = ClusteredMean(name or component, component, "", direction, bounds, benign=benign, at=at)
    made = _metric(compute, title, percent)
    return replace(made, components=(component, at[0]), optional=True, needs=at[0]) if at else made


def mean_given(
    component: str,
    given: str,
    *,
    name: str = "",
    title: str = "",
    direction: Direction = "higher",
    bounds: Bounds = UNIT,
    percent: bool | None = None,
    among: str = "",
    benign: bool | None = None,
) -> Metric:
    """The mean of a component over the outputs whose component ``given`` is 1 (valid responses, for instance).

    Outputs for which it is 0 are left out of the mean; ``extra["excluded"]`` counts them. An output without ``given``
    counts as missing. Outputs whose component ``among`` is 0 were asked something else: the metric is not about them,
    and they are neither missing nor excluded; neither are those that ``benign`` leaves out (see :func:`mean_of`). The
    interval is that of a ratio with a random denominator, computed from
    cluster totals.
    """
    return _metric(ClusteredMean(name or component, component, given, direction, bounds, among, benign), title, percent)


def paired_difference(
    component: str,
    *,
    name: str = "drop",
    title: str = "",
    direction: Direction = "lower",
    bounds: Bounds = UNIT,
    percent: bool | None = None,
) -> Metric:
    """How far a component fell from the matched clean case: mean of (clean - attacked), paired by group.

    The clean value is the mean over the baseline's outputs of the same group and, where the baseline has that
    task, of the same task; for a case of a control arm, that of the case which it repeats. An output without the
    component or without a clean match counts as missing; ``extra["clean"]`` is the mean of the matched clean values.
    ``bounds`` are those of the component itself.
    """
    return _metric(_PairedDifference(name, component, direction, bounds), title, percent)


def _metric(compute: ClusteredMean | _PairedDifference, title: str, percent: bool | None) -> Metric:
    as_percent = compute.bounds == UNIT if percent is None else percent
    given = (compute.given,) if isinstance(compute, ClusteredMean) and compute.given else ()
    reads = (compute.component, *given)
    about = compute.benign if isinstance(compute, ClusteredMean) else None
    name, bounds = compute.name, compute.bounds
    return Metric(name, title or name, compute.direction, compute, as_percent, reads, bounds, benign=about)


@dataclass(frozen=True, slots=True)
class ClusteredMean:
    """The mean of a component, given another one if ``given`` names it; with the influence of every cluster."""

    name: str
    component: str
    given: str
    direction: Direction
    bounds: Bounds
    among: str = ""
    benign: bool | None = None
    at: tuple[str, float] | None = None

    @property
    def plain_mean(self) -> bool:
        """Whether it is the mean of one component over all outputs that ``benign`` leaves, without conditions."""
        return not self.given and not self.among and not self.at

    def _asked(self, rows: Sequence[Scored]) -> Table:
        """The rows that the metric is about."""
        table = Table.of(rows)
        if self.benign is not None:
            table = table.kept(("benign", self.benign), lambda own: own.where(own.benign == self.benign))
        if self.at is not None:
            component, value = self.at
            table = table.where(table.column(component) == value)
        return table.where(table.column(self.among) != 0) if self.among else table

    def _counted_rows(self, rows: Sequence[Scored]) -> Table:
        """The rows that count, and those that might because ``given`` is missing."""
        table = self._asked(rows)
        return table.where(table.column(self.given) != 0) if self.given else table

    def _values(self, table: Table) -> Floats:
        """NaN where the component, or what it is conditional on, is missing."""
        found = table.column(self.component)
        return np.where(table.has(self.given), found, math.nan) if self.given else found

    def __call__(self, sample: Sample) -> Estimate:
        rows = self._counted_rows(sample.rows)
        estimate = self._computed(mean_estimate, rows)
        if not self.given:
            return estimate
        return replace(estimate, extra={**estimate.extra, "excluded": float(len(self._asked(sample.rows)) - len(rows))})

    def ends(self, sample: Sample) -> tuple[Estimate, Estimate] | None:
        """With everything missing at the lower end, and at the upper one; None where nothing is missing."""
        return self._computed(mean_at_ends, self._counted_rows(sample.rows))

    def _computed(self, compute: Callable[..., Found], table: Table) -> Found:
        """What ``compute`` makes of the rows: their mean, or the mean at both ends."""
        return compute(
            self.name,
            self._values(table),
            table.clusters,
            direction=self.direction,
            bounds=self.bounds,
            strata=table.tasks,
            weights=table.unequal_weights,
        )

    def counted(self, rows: Sequence[Scored]) -> Sequence[tuple[float, Scored]]:
        """The value of each output that counts, or might: NaN where it is missing."""
        counted = self._counted_rows(rows)
        return list(zip(self._values(counted).tolist(), counted, strict=True))

    def influence(self, sample: Sample) -> Influence:
        table = self._counted_rows(sample.rows)
        return _influence(self._values(table), table)

    @property
    def widest_difference(self) -> float | None:
        """The greatest possible difference between two runs; None without bounds."""
        return None if self.bounds is None else self.bounds[1] - self.bounds[0]

    def terms(self, sample: Sample) -> Terms:
        table = self._counted_rows(sample.rows)
        return Terms(self._values(table), table)


@dataclass(frozen=True, slots=True)
class _PairedDifference:
    name: str
    component: str
    direction: Direction
    bounds: Bounds

    def _pairs(self, sample: Sample) -> tuple[Floats, Floats]:
        """(clean, attacked) of each row, NaN where absent."""
        table, baseline = Table.of(sample.rows), Table.of(sample.baseline)
        return table.kept(("pairs", self.component, baseline), lambda own: self._paired(own, baseline))

    def _paired(self, table: Table, baseline: Table) -> tuple[Floats, Floats]:
        clean = baseline.kept(("clean", self.component), lambda own: _clean_values(own, self.component))
        found: list[float] = []
        for cell, rows in groupby(table, attrgetter("cell")):
            means = clean.get(cell.task, clean[ALL_TASKS])
            found += [means.get(row.twin_of or row.group, math.nan) for row in rows]
        return np.array(found, np.float64), table.column(self.component)

    def _differences(self, sample: Sample) -> Floats:
        clean, attacked = self._pairs(sample)
        return np.asarray(clean - attacked)

    def _span(self) -> Bounds:
        return None if self.bounds is None else (self.bounds[0] - self.bounds[1], self.bounds[1] - self.bounds[0])

    def _ends(self, sample: Sample) -> tuple[Floats, Floats] | None:
        """The least and the greatest difference of each pair, of which one or both sides may be missing."""
        if self.bounds is None:
            return None
        return difference_ends(*self._pairs(sample), self.bounds)

    def ends(self, sample: Sample) -> tuple[Estimate, Estimate] | None:
        """With everything missing at the lower end, and at the upper one; None where nothing is missing."""
        return self._computed(mean_at_ends, sample)

    def _computed(self, compute: Callable[..., Found], sample: Sample) -> Found:
        table = Table.of(sample.rows)
        return compute(
            self.name,
            self._differences(sample),
            table.clusters,
            direction=self.direction,
            bounds=self._span(),
            ends=self._ends(sample),
            weights=table.unequal_weights,
        )

    def __call__(self, sample: Sample) -> Estimate:
        estimate = self._computed(mean_estimate, sample)
        clean, attacked = self._pairs(sample)
        known = ~np.isnan(clean - attacked)
        stood_for = Table.of(sample.rows).weights[known]
        extra = {"clean": float(np.average(clean[known], weights=stood_for))} if known.any() else {}
        return replace(estimate, extra={**estimate.extra, **extra})

    def influence(self, sample: Sample) -> Influence:
        return _influence(self._differences(sample), Table.of(sample.rows))

    @property
    def widest_difference(self) -> float | None:
        """As for means: a drop lies between minus and plus the range of the component."""
        return None if self.bounds is None else 2 * (self.bounds[1] - self.bounds[0])

    def terms(self, sample: Sample) -> Terms:
        return Terms(self._differences(sample), Table.of(sample.rows))


def difference_ends(first: ArrayLike, second: ArrayLike, bounds: tuple[float, float]) -> tuple[Floats, Floats]:
    """The least and the greatest ``first - second`` of each pair, where a NaN on either side could be any value within
    the bounds."""
    low, high = bounds
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    least = np.where(np.isnan(one), low, one) - np.where(np.isnan(other), high, other)
    most = np.where(np.isnan(one), high, one) - np.where(np.isnan(other), low, other)
    return least, most


def _clean_values(baseline: Sequence[Scored], component: str) -> dict[str, dict[str, float]]:
    """Of each task of the baseline, and of all of them together, the mean of every group. By the case's id too, for its
    control arm."""
    by_task: dict[str, list[Scored]] = {}
    for cell, rows in groupby(baseline, attrgetter("cell")):
        by_task.setdefault(cell.task, []).extend(row for row in rows if component in row.score.values)
    found = {task: _means(rows, component) for task, rows in by_task.items()}
    if len(found) == 1:
        return found | dict.fromkeys([ALL_TASKS], *found.values())
    return found | {ALL_TASKS: _means([row for row in baseline if component in row.score.values], component)}


def _means(rows: Iterable[Scored], component: str) -> dict[str, float]:
    """By group and by case, of outputs that all have the component."""
    places: dict[str, int] = {}
    where: list[int] = []
    values: list[float] = []
    for row in rows:
        value, group, case = row.score.values[component], row.group, row.case_id
        if group:
            where.append(places.setdefault(group, len(places)))
            values.append(value)
        if case and case != group:
            where.append(places.setdefault(case, len(places)))
            values.append(value)
    numbers = np.array(where, np.intp)
    means = np.bincount(numbers, values) / np.bincount(numbers)
    return dict(zip(places, means.tolist(), strict=True))


def _influence(values: Floats, table: Table) -> dict[str, float]:
    """Each output is measured from the mean of its task, as in the interval."""
    known = table.where(~np.isnan(values))
    found, weights = values[~np.isnan(values)], known.weights
    if not len(found):
        return {}
    task = codes(known.tasks)
    means = np.bincount(task, found) / np.bincount(task)
    total = sum(weights.tolist())
    parts = np.bincount(known.clusters, weights * (found - means[task]) / total)
    return dict(zip(known.cluster_names, parts.tolist(), strict=True))
