"""The methods behind a table's intervals: for each method its columns, and its rows unless it applies to all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmdt.report.view import ScenarioGroup, ScenarioTable, ScorecardRow

ALL = "all numbers"


@dataclass(frozen=True, slots=True)
class IntervalMethod:
    """A method, the titles of the columns that use it, and the rows it applies to (empty: all rows with a value)."""

    name: str
    titles: tuple[str, ...]
    where: str

    @property
    def text(self) -> str:
        return f"{self.name}{f' ({self.where})' if self.where else ''}: {', '.join(self.titles)}"


def methods(table: ScenarioTable) -> tuple[IntervalMethod, ...]:
    """Every method behind the table's intervals, in column order."""
    found: dict[tuple[str, str], list[str]] = {}
    for index, column in enumerate(table.columns):
        for name in _names(table, index):
            found.setdefault((name, _where(table, index, name)), []).append(column.title)
    every = len(table.columns)
    return tuple(
        IntervalMethod(name, tuple(titles) if len(titles) < every or every == 1 else (ALL,), where)
        for (name, where), titles in found.items()
    )


def _names(table: ScenarioTable, index: int) -> list[str]:
    used = (_method(row, index) for row in _rows(table.groups))
    return [name for name in dict.fromkeys(used) if name]


def _where(table: ScenarioTable, index: int, name: str) -> str:
    """The rows that use a method: scenarios, cells, the names of scenarios, or a number of rows; empty for all."""
    rows = [row for row in _rows(table.groups) if _method(row, index)]
    using = [row for row in rows if _method(row, index) == name]
    if len(using) == len(rows):
        return ""
    heads = [group.head for group in table.groups if _method(group.head, index)]
    if _same(using, heads):
        return "scenarios"
    if _same(using, [row for row in rows if not _among(row, heads)]):
        return "cells"
    whole = [group for group in table.groups if _method(group.head, index) == name]
    if _same(using, [row for row in _rows(whole) if _method(row, index)]):
        return ", ".join(group.head.title for group in whole)
    return f"{len(using)} of {len(rows)} rows"


def _rows(groups: Sequence[ScenarioGroup]) -> list[ScorecardRow]:
    return [row for group in groups for row in (group.head, *group.cells)]


def _method(row: ScorecardRow, index: int) -> str:
    estimate = row.estimates[index]
    return estimate.method if estimate else ""


def _among(row: ScorecardRow, rows: Sequence[ScorecardRow]) -> bool:
    return any(row is each for each in rows)


def _same(one: Sequence[ScorecardRow], other: Sequence[ScorecardRow]) -> bool:
    return len(one) == len(other) and all(_among(row, other) for row in one)
