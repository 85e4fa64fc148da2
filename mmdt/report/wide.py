"""A table too wide for a page, as several that fit: the same lines again, each with some of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil
from typing import TypeVar

from mmdt.report.view import Block, Line, Table

PAGE, TITLE, FIGURE, COUNT = 1280, 220, 188, 76
"""Pixels of a page, and of the columns of titles, figures and counts on it."""
PLAIN_COUNTS = 4
"""Outputs, answered, refused and missing, beside the outcomes of a table's own."""

Part = TypeVar("Part")


def parts(table: Table) -> tuple[Table, ...]:
    """The table itself where it fits; else parts of it, the counts beside the first columns of figures."""
    counted = COUNT * (PLAIN_COUNTS + len(table.outcomes))
    columns = len(table.columns)
    if TITLE + FIGURE * columns + counted <= PAGE:
        return (table,)
    first = max(1, (PAGE - TITLE - counted) // FIGURE)
    groups = [range(first), *even(range(first, columns), (PAGE - TITLE) // FIGURE)]
    return tuple(_part(table, group, counted=not place) for place, group in enumerate(groups))


def even(items: Sequence[int], most: int) -> list[Sequence[int]]:
    """Runs of at most so many items, as few as can be and of nearly one length."""
    number = ceil(len(items) / most)
    ends = [round(place * len(items) / number) for place in range(number + 1)] if number else []
    return [items[start:end] for start, end in pairwise(ends)]


def _part(table: Table, group: Sequence[int], *, counted: bool) -> Table:
    return replace(
        table,
        columns=_of(table.columns, group),
        blocks=tuple(_block(block, group) for block in table.blocks),
        counted=counted,
    )


def _block(block: Block, group: Sequence[int]) -> Block:
    return replace(block, head=_line(block.head, group), cells=tuple(_line(cell, group) for cell in block.cells))


def _line(line: Line, group: Sequence[int]) -> Line:
    return replace(line, figures=_of(line.figures, group))


def _of(items: Sequence[Part], group: Sequence[int]) -> tuple[Part, ...]:
    return tuple(items[place] for place in group)
