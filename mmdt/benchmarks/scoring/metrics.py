"""Metrics of benchmarks beyond means: F1, a share of counted things, and groups in which everything is right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.scenario import Metric, Sample
from mmdt.core.score import Scored
from mmdt.stats.intervals.means import mean_estimate


def f1_of(said: str, true: str, right: str, *, name: str, title: str) -> Metric:
    """F1 of a class: 2 TP / (2 TP + FP + FN), from 0/1 components (the reply says the class; it is the class; the reply
    is right).

    With J = TP / (TP + FP + FN), F1 = 2 J / (1 + J), which grows with J: the interval is that of J, a mean over the
    outputs in which the class is said or true, taken through this formula.
    """
    return Metric(name, title, "higher", _F1(name, said, true), components=(said, true))


@dataclass(frozen=True, slots=True)
class _F1:
    name: str
    said: str
    true: str

    def __call__(self, sample: Sample) -> Estimate:
        rows = [row for row in sample.rows if self._counts(row)]
        found = mean_estimate(
            self.name, [self._hit(row) for row in rows], [row.cluster for row in rows], direction="higher"
        )
        known = {key: _through(each) for key, each in found.extra.items()}
        return replace(
            found, value=_through(found.value), low=_through(found.low), high=_through(found.high), extra=known
        )

    def _counts(self, row: Scored) -> bool:
        """Whether the class is said or true, or may have been said."""
        values = row.score.values
        return values.get(self.true) == 1 or values.get(self.said, 1.0) == 1

    def _hit(self, row: Scored) -> float:
        values = row.score.values
        if self.said not in values or self.true not in values:
            return math.nan
        return float(values[self.said] == 1 and values[self.true] == 1)


def _through(share: float) -> float:
    return 2 * share / (1 + share)


def share_of(
    part: str, whole: str, *, name: str, title: str, direction: Direction = "lower", if_none: str = ""
) -> Metric:
    """The share of counted things: the sum of ``part`` over the sum of ``whole``, each a count of one output.

    The things of one output are a cluster. Outputs without the counts are missing; those that count none do not matter.
    """
    return Metric(name, title, direction, _Share(name, part, whole, direction), components=(part, whole))


@dataclass(frozen=True, slots=True)
class _Share:
    name: str
    part: str
    whole: str
    direction: Direction

    def __call__(self, sample: Sample) -> Estimate:
        values: list[float] = []
        clusters: list[str] = []
        missing = 0
        for row in sample.rows:
            found = row.score.values
            if self.part not in found or self.whole not in found:
                missing += 1
                continue
            count, of = round(found[self.part]), round(found[self.whole])
            values += [1.0] * count + [0.0] * (of - count)
            clusters += [row.cluster] * of
        return mean_estimate(self.name, values, clusters, direction=self.direction, missing=missing)


def all_right(right: str, key: str, *, name: str, title: str) -> Metric:
    """The share of groups in which every output is right. ``key`` is the component that numbers the group; outputs
    without it are in no group.

    A group with a wrong output is wrong; one without, in which an output is missing, is missing.
    """
    return Metric(name, title, "higher", _AllRight(name, right, key), components=(right, key))


@dataclass(frozen=True, slots=True)
class _AllRight:
    name: str
    right: str
    key: str

    def __call__(self, sample: Sample) -> Estimate:
        groups: dict[tuple[float, int], list[Scored]] = {}
        unknown = 0
        for row in sample.rows:
            if self.key in row.score.values:
                groups.setdefault((row.score.values[self.key], row.repeat), []).append(row)
            else:
                unknown += not row.score.values
        values = [self._of(rows) for rows in groups.values()]
        clusters = [rows[0].cluster for rows in groups.values()]
        return mean_estimate(self.name, values, clusters, direction="higher", missing=unknown)

    def _of(self, rows: Sequence[Scored]) -> float:
        found = [row.score.values.get(self.right, math.nan) for row in rows]
        if any(each == 0 for each in found):
            return 0.0
        return math.nan if any(map(math.isnan, found)) else 1.0
