"""How the intervals of a table were made, in few words: by method, the columns, and the lines if they are not all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmdt.report.view import Block, Line, Table

ALL = "all numbers"


@dataclass(frozen=True, slots=True)
class Method:
    """A method, the titles of the columns it stands behind, and in which lines (empty: in all that have a value)."""

    name: str
    titles: tuple[str, ...]
    where: str

    @property
    def text(self) -> str:
        return f"{self.name}{f' ({self.where})' if self.where else ''}: {', '.join(self.titles)}"


def methods(table: Table) -> tuple[Method, ...]:
    """Every method behind the table's intervals, in the order of its columns."""
    found: dict[tuple[str, str], list[str]] = {}
    for place, column in enumerate(table.columns):
        for name in _names(table, place):
            found.setdefault((name, _where(table, place, name)), []).append(column.title)
    every = len(table.columns)
    return tuple(
        Method(name, tuple(titles) if len(titles) < every or every == 1 else (ALL,), where)
        for (name, where), titles in found.items()
    )


def _names(table: Table, place: int) -> list[str]:
    used = (_method(line, place) for line in _lines(table.blocks))
    return [name for name in dict.fromkeys(used) if name]


def _where(table: Table, place: int, name: str) -> str:
    """The scenarios, the cells, the scenarios by name, or how many lines; empty for all."""
    lines = [line for line in _lines(table.blocks) if _method(line, place)]
    using = [line for line in lines if _method(line, place) == name]
    if len(using) == len(lines):
        return ""
    heads = [block.head for block in table.blocks if _method(block.head, place)]
    if _same(using, heads):
        return "scenarios"
    if _same(using, [line for line in lines if not _among(line, heads)]):
        return "cells"
    whole = [block for block in table.blocks if _method(block.head, place) == name]
    if _same(using, [line for line in _lines(whole) if _method(line, place)]):
        return ", ".join(block.head.title for block in whole)
    return f"{len(using)} of {len(lines)} lines"


def _lines(blocks: Sequence[Block]) -> list[Line]:
    return [line for block in blocks for line in (block.head, *block.cells)]


def _method(line: Line, place: int) -> str:
    figure = line.figures[place]
    return figure.method if figure else ""


def _among(line: Line, lines: Sequence[Line]) -> bool:
    return any(line is each for each in lines)


def _same(one: Sequence[Line], other: Sequence[Line]) -> bool:
    return len(one) == len(other) and all(_among(line, other) for line in one)
