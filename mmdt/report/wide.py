"""A table too wide for a page, as several that fit: the same lines again, each with some of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from math import ceil
from typing import TypeVar

from mmdt.report.view import Block, Line, Table

PAGE, TITLE, COUNT = 1280, 220, 78
"""Pixels of a page, and of the columns of titles and of counts on it."""
LEAST, SPACE, LETTER = 168, 24, 7.4
"""Pixels of a column of figures at least, of the space around a figure, and of one of its letters."""
PLAIN_COUNTS = 4
"""Outputs, answered, refused and missing, beside the outcomes of a table's own."""

Part = TypeVar("Part")


def parts(table: Table) -> tuple[Table, ...]:
    """The table itself where it fits; else parts of it, the counts beside the first columns of figures."""
    counted = COUNT * (PLAIN_COUNTS + len(table.outcomes))
    widths = [_width(table, place) for place in range(len(table.columns))]
    if TITLE + sum(widths) + counted <= PAGE:
        return (table,)
    first = max(1, _fitting(widths, PAGE - TITLE - counted))
    most = max(1, int((PAGE - TITLE) // max(widths)))
    groups = [range(first), *even(range(first, len(widths)), most)]
    return tuple(_part(table, group, counted=not place) for place, group in enumerate(groups))


def even(items: Sequence[int], most: int) -> list[Sequence[int]]:
    """Runs of at most so many items, as few as can be and of nearly one length."""
    number = ceil(len(items) / most)
    ends = [round(place * len(items) / number) for place in range(number + 1)] if number else []
    return [items[start:end] for start, end in pairwise(ends)]


def _width(table: Table, place: int) -> float:
    """Pixels of a column: its longest figure counts."""
    lines = (line for block in table.blocks for line in (block.head, *block.cells))
    longest = max((len(figure.text) for line in lines if (figure := line.figures[place])), default=0)
    return max(LEAST, SPACE + LETTER * longest)


def _fitting(widths: Sequence[float], room: float) -> int:
    """How many of the first columns fit."""
    return sum(end <= room for end in accumulate(widths))


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
