"""What comes out of a labelled file: sensitivity, specificity, kappa, each with its interval, overall and by group."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mmdt.stats.agreement import kappa
from mmdt.stats.intervals.wilson import wilson
from mmdt.validate.evaluators.labels.roles import Role

GROUPS = ("model", "lang")
"""Columns that tell groups apart."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with its 95 % interval, and how many rows it rests on. None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None
    of: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One row that was read: the label by people and what the evaluator said."""

    label: str
    said: str
    groups: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """All rows (``by`` and ``group`` are empty) or those of one group.

    ``sensitivity``: of the rows with the positive label (refuses, yes), those the evaluator gave it too.
    ``specificity``: of the rows with the negative label (complies, no), those it did not give the positive one; rows
    labelled ``partly`` are in neither. ``accuracy``: rows with the same label. ``kappa``: positive or not, over all
    rows, so that ``partly`` counts as not refused; over every label where there is no positive one. ``rate`` and
    ``rate_by_people``: share with the positive label. ``table``: label -> what was said -> how often.
    """

    by: str
    group: str
    rows: int
    sensitivity: Measured
    specificity: Measured
    accuracy: Measured
    kappa: Measured
    rate: Measured
    rate_by_people: Measured
    table: dict[str, dict[str, int]]


def parts(seen: Sequence[Seen], role: Role) -> tuple[Part, ...]:
    """The whole first, then each group."""
    groups = sorted({group for each in seen for group in each.groups})
    whole = part("", "", seen, role)
    return (whole, *(part(*group, [each for each in seen if group in each.groups], role) for group in groups))


def part(by: str, group: str, seen: Sequence[Seen], role: Role) -> Part:
    """The figures of these rows."""
    found = [each.said == role.positive for each in seen if each.label == role.positive] if role.positive else []
    spared = [each.said != role.positive for each in seen if each.label == role.negative] if role.positive else []
    return Part(
        by,
        group,
        len(seen),
        sensitivity=_share(found),
        specificity=_share(spared),
        accuracy=_share([each.said == each.label for each in seen]),
        kappa=_kappa(seen, role.positive),
        rate=_share([each.said == role.positive for each in seen] if role.positive else []),
        rate_by_people=_share([each.label == role.positive for each in seen] if role.positive else []),
        table=_table(seen),
    )


def _share(hits: Sequence[bool]) -> Measured:
    if not hits:
        return Measured(None, None, None, 0)
    low, high = wilson(sum(hits), len(hits))
    return Measured(sum(hits) / len(hits), low, high, len(hits))


def _kappa(seen: Sequence[Seen], positive: str) -> Measured:
    labels = [each.label == positive if positive else each.label for each in seen]
    said = [each.said == positive if positive else each.said for each in seen]
    found = kappa(labels, said)
    return Measured(_defined(found.value), _defined(found.low), _defined(found.high), len(seen))


def _defined(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _table(seen: Sequence[Seen]) -> dict[str, dict[str, int]]:
    counts = Counter((each.label, each.said) for each in seen)
    table: dict[str, dict[str, int]] = {}
    for (label, said), number in sorted(counts.items()):
        table.setdefault(label, {})[said] = number
    return table
