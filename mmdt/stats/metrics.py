"""Metrics a scenario declares: means, conditional means, and paired differences from the clean cases.

Each is built on a small callable that also tells the *influence* of every cluster on its value, so that a mean of
several metrics over the same clusters (five questions about one picture) can account for what they share.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.scenario import Metric, Sample
from mmdt.core.score import Scored
from mmdt.stats.intervals import UNIT, Bounds, mean_estimate

Influence = Mapping[str, float]
"""Cluster -> what it adds to (value - expected value), to first order; the squares add up to the variance."""


def mean_of(
    component: str,
    *,
    name: str = "",
    title: str = "",
    direction: Direction = "higher",
    bounds: Bounds = UNIT,
    percent: bool | None = None,
) -> Metric:
    """The mean of one component of the score over all outputs that have it; the others are missing.

    ``bounds`` are the least and greatest value the component can take, None where there is no limit. Shown as a
    percentage, unless told, where it lies within [0, 1].
    """
    return _metric(_Mean(name or component, component, "", direction, bounds), title, percent)


def mean_given(
    component: str,
    given: str,
    *,
    name: str = "",
    title: str = "",
    direction: Direction = "higher",
    bounds: Bounds = UNIT,
    percent: bool | None = None,
) -> Metric:
    """The mean of a component over the outputs whose component ``given`` is 1 (valid responses, for instance).

    Outputs for which it is 0 are no part of the mean; ``extra["excluded"]`` counts them. An output without ``given`` is
    missing. The interval is that of a ratio with a random denominator: it is computed from cluster totals.
    """
    return _metric(_Mean(name or component, component, given, direction, bounds), title, percent)


def paired_difference(
    component: str,
    *,
    name: str = "drop",
    title: str = "",
    direction: Direction = "lower",
    bounds: Bounds = UNIT,
    percent: bool | None = None,
) -> Metric:
    """How far a component fell from the matched clean case: mean of (clean - now), paired by group.

    The clean value is the mean over the baseline's outputs of the same group and, where the baseline has that
    task, of the same task. An output without the component or without a clean match is missing; ``extra["clean"]`` is
    the mean of the clean values that were matched. ``bounds`` are those of the component itself.
    """
    return _metric(_PairedDifference(name, component, direction, bounds), title, percent)


def _metric(compute: _Mean | _PairedDifference, title: str, percent: bool | None) -> Metric:
    shown = compute.bounds == UNIT if percent is None else percent
    return Metric(compute.name, title or compute.name, compute.direction, compute, shown)


@dataclass(frozen=True, slots=True)
class _Mean:
    name: str
    component: str
    given: str
    direction: Direction
    bounds: Bounds

    def _values(self, rows: Sequence[Scored]) -> tuple[list[float], list[str], int]:
        """(values, clusters, excluded); NaN where the component is missing."""
        if not self.given:
            return [row.score.values.get(self.component, math.nan) for row in rows], [row.cluster for row in rows], 0
        kept = [row for row in rows if row.score.values.get(self.given, math.nan) != 0]
        values = [
            row.score.values.get(self.component, math.nan) if self.given in row.score.values else math.nan
            for row in kept
        ]
        return values, [row.cluster for row in kept], len(rows) - len(kept)

    def __call__(self, sample: Sample) -> Estimate:
        values, clusters, excluded = self._values(sample.rows)
        estimate = mean_estimate(self.name, values, clusters, direction=self.direction, bounds=self.bounds)
        return replace(estimate, extra={**estimate.extra, "excluded": float(excluded)}) if self.given else estimate

    def influence(self, sample: Sample) -> Influence:
        values, clusters, _ = self._values(sample.rows)
        return _influence(values, clusters)


@dataclass(frozen=True, slots=True)
class _PairedDifference:
    name: str
    component: str
    direction: Direction
    bounds: Bounds

    def _pairs(self, sample: Sample) -> tuple[list[float], list[float]]:
        """(clean, now) of each row, NaN where absent."""
        clean = _clean_values(sample.baseline, self.component)
        tasks = {row.cell.task for row in sample.baseline}
        keys = [(row.cell.task if row.cell.task in tasks else "", row.group) for row in sample.rows]
        now = [row.score.values.get(self.component, math.nan) for row in sample.rows]
        return [clean.get(key, math.nan) for key in keys], now

    def _differences(self, sample: Sample) -> list[float]:
        return [before - after for before, after in zip(*self._pairs(sample), strict=True)]

    def __call__(self, sample: Sample) -> Estimate:
        span = None if self.bounds is None else self.bounds[1] - self.bounds[0]
        estimate = mean_estimate(
            self.name,
            self._differences(sample),
            [row.cluster for row in sample.rows],
            direction=self.direction,
            bounds=None if span is None else (-span, span),
        )
        matched = [clean for clean, now in zip(*self._pairs(sample), strict=True) if not math.isnan(clean - now)]
        extra = {"clean": float(np.mean(matched))} if matched else {}
        return replace(estimate, extra={**estimate.extra, **extra})

    def influence(self, sample: Sample) -> Influence:
        return _influence(self._differences(sample), [row.cluster for row in sample.rows])


def _clean_values(baseline: Sequence[Scored], component: str) -> dict[tuple[str, str], float]:
    """(task, group) -> mean, and ("", group) -> mean over all tasks. Cases without a group match nothing."""
    totals: dict[tuple[str, str], list[float]] = {}
    for row in baseline:
        if row.group and component in row.score.values:
            value = row.score.values[component]
            totals.setdefault((row.cell.task, row.group), []).append(value)
            totals.setdefault(("", row.group), []).append(value)
    return {key: sum(values) / len(values) for key, values in totals.items()}


def _influence(values: Sequence[float], clusters: Sequence[Hashable]) -> dict[str, float]:
    known = [(value, str(cluster)) for value, cluster in zip(values, clusters, strict=True) if not math.isnan(value)]
    if not known:
        return {}
    mean = sum(value for value, _ in known) / len(known)
    found: dict[str, float] = {}
    for value, cluster in known:
        found[cluster] = found.get(cluster, 0.0) + (value - mean) / len(known)
    return found
