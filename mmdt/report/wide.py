"""Splits a table that is too wide for a page into several: the same rows, each time with some of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from math import ceil
from typing import TypeVar

from mmdt.report.view import ScenarioGroup, ScenarioTable, ScorecardRow

PAGE, TITLE, COUNT = 1280, 220, 78
"""Width in pixels of a page, of the title column and of a count column."""
LEAST, SPACE, LETTER = 168, 24, 7.4
"""Pixels: the least width of a column of estimates, the space around an estimate, and the width of a letter."""
PLAIN_COUNTS = 4
"""Outputs, answered, refused and missing; a table adds its own outcomes."""

T = TypeVar("T")


def parts(table: ScenarioTable) -> tuple[ScenarioTable, ...]:
    """The table itself if it fits; otherwise its parts, with the counts beside the first columns of estimates."""
    counted = COUNT * (PLAIN_COUNTS + len(table.outcomes) + table.cut_off)
    widths = [_width(table, index) for index in range(len(table.columns))]
    if TITLE + sum(widths) + counted <= PAGE:
        return (table,)
    first = max(1, _fitting(widths, PAGE - TITLE - counted))
    most = max(1, int((PAGE - TITLE) // max(widths)))
    groups = [range(first), *even(range(first, len(widths)), most)]
    return tuple(_part(table, indices, counted=not index) for index, indices in enumerate(groups))


def even(items: Sequence[int], most: int) -> list[Sequence[int]]:
    """Split items into as few slices as possible, of nearly equal length and at most ``most`` items each."""
    number = ceil(len(items) / most)
    ends = [round(index * len(items) / number) for index in range(number + 1)] if number else []
    return [items[start:end] for start, end in pairwise(ends)]


def _width(table: ScenarioTable, index: int) -> float:
    """Width of a column in pixels, from its longest estimate."""
    rows = (row for group in table.groups for row in (group.head, *group.cells))
    longest = max((len(estimate.text) for row in rows if (estimate := row.estimates[index])), default=0)
    return max(LEAST, SPACE + LETTER * longest)


def _fitting(widths: Sequence[float], room: float) -> int:
    """The number of leading columns that fit."""
    return sum(end <= room for end in accumulate(widths))


def _part(table: ScenarioTable, indices: Sequence[int], *, counted: bool) -> ScenarioTable:
    return replace(
        table,
        columns=_of(table.columns, indices),
        groups=tuple(_group(group, indices) for group in table.groups),
        counted=counted,
    )


def _group(group: ScenarioGroup, indices: Sequence[int]) -> ScenarioGroup:
    return replace(group, head=_row(group.head, indices), cells=tuple(_row(cell, indices) for cell in group.cells))


def _row(row: ScorecardRow, indices: Sequence[int]) -> ScorecardRow:
    return replace(row, estimates=_of(row.estimates, indices))


def _of(items: Sequence[T], indices: Sequence[int]) -> tuple[T, ...]:
    return tuple(items[index] for index in indices)
