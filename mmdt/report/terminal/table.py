"""Tables of the scorecard on a terminal: as many figures side by side as fit, and no name broken that need not be."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmdt.report.html.figure import Figure
from mmdt.report.methods import methods
from mmdt.report.notes import NO_BREAK
from mmdt.report.view import Line, Table

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

TITLE_WIDTH = 20
"""Characters of a figure's heading, and of a note below it, in one line: as wide as the widest figure."""
LEAST_NAME, MOST_NAME = 16, 44
"""Characters of the names of scenarios and cells: in a table without room for them, and at most."""
INDENT = "  "
COUNTED = ("harmful", "leaked", "wrong", "declined")
"""Outcomes that are counted here; the report has the rest."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of one or several lines, and below it an entry for each line of the table."""

    heading: tuple[str, ...]
    entries: tuple[Text, ...]
    right: bool = False

    @property
    def width(self) -> int:
        lines = (*self.heading, *(line for entry in self.entries for line in entry.plain.split("\n")))
        return max(map(len, lines), default=0)


@dataclass(frozen=True, slots=True)
class Piece:
    """Columns that fit beside names of so many characters."""

    name_width: int
    columns: tuple[Column, ...]


def tables(table: Table, width: int) -> Iterator[RenderableType]:
    """The table in pieces of at most ``width`` characters, its counts in the first, and how its intervals were made."""
    from rich.text import Text

    lines = [(line, line is block.head) for block in table.blocks for line in (block.head, *block.cells)]
    figures = [_figures(table, place, lines) for place in range(len(table.columns))]
    names = max(len(_name(line, head)) for line, head in lines)
    for piece in pieces(figures, _counts(table, lines), min(max(names, len(table.title)), MOST_NAME), width):
        yield Text()
        yield _drawn(table.title, piece, lines)
    used = "; ".join(each.text for each in methods(table))
    if used:
        yield Text("\n".join(textwrap.wrap(printable(f"Intervals: {used}"), width)), style="dim")


def pieces(figures: Sequence[Column], counts: Sequence[Column], names: int, width: int) -> Iterator[Piece]:
    """Counts beside the first figures that fit, if need be with shorter names; then the other figures.

    ``names``: characters that names need, ``width``: of a whole line.
    """
    beside = sum(1 + each.width for each in counts)
    first = _fitting(figures, width - names - beside)
    if not first and figures:
        names_here = width - beside - 1 - figures[0].width
        first = int(names_here >= LEAST_NAME)
        yield Piece(names_here if first else min(names, width - beside), (*figures[:first], *counts))
    else:
        yield Piece(names, (*figures[:first], *counts))
    rest = figures[first:]
    while rest:
        number = max(1, _fitting(rest, width - names))
        yield Piece(names, tuple(rest[:number]))
        rest = rest[number:]


def printable(text: str) -> str:
    """The text without anything that could steer a terminal (servers' messages are untrusted)."""
    return "".join(char if char.isprintable() else " " for char in text)


def figure_text(figure: Figure | None) -> Text:
    """The value and its interval in one line."""
    from rich.text import Text

    if figure is None:
        return Text("-")
    return Text.assemble(figure.value, " ", (figure.interval, "not bold dim"))


def _fitting(columns: Sequence[Column], room: int) -> int:
    """How many of the columns fit, each with a space before it."""
    number = 0
    for column in columns:
        room -= 1 + column.width
        if room < 0:
            break
        number += 1
    return number


def _drawn(title: str, piece: Piece, lines: Sequence[tuple[Line, bool]]) -> RenderableType:
    from rich import box
    from rich.table import Table as RichTable

    made = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=0)
    made.add_column("\n".join(textwrap.wrap(title, piece.name_width)), width=piece.name_width)
    for column in piece.columns:
        made.add_column("\n".join(column.heading), no_wrap=True, justify="right" if column.right else "left")
    for place, (line, head) in enumerate(lines):
        name = _wrapped(_name(line, head), piece.name_width)
        made.add_row(name, *(column.entries[place] for column in piece.columns), style="bold" if head else "")
    return made


def _name(line: Line, head: bool) -> str:
    return printable(line.title if head else f"{INDENT}{line.title}")


def _wrapped(name: str, width: int) -> str:
    """Broken at spaces and hyphens, or in a word that is too long, and then indented."""
    indent = INDENT if name.startswith(INDENT) else ""
    found = textwrap.wrap(name.strip(), width, initial_indent=indent, subsequent_indent=indent + INDENT)
    return "\n".join(found)


def _figures(table: Table, place: int, lines: Sequence[tuple[Line, bool]]) -> Column:
    column = table.columns[place]
    heading = (*(textwrap.wrap(printable(column.title), TITLE_WIDTH) or [""]), column.direction)
    return Column(heading, tuple(_entry(line.figures[place], with_notes=head) for line, head in lines))


def _entry(figure: Figure | None, *, with_notes: bool) -> Text:
    """The figure, and in a scenario's line what stands beside it."""
    shown = figure_text(figure)
    if figure and with_notes:
        for note in figure.notes:
            for line in textwrap.wrap(note, max(TITLE_WIDTH, len(shown.plain.split("\n")[0]))):
                shown.append(f"\n{line.replace(NO_BREAK, ' ')}", "not bold dim")
    return shown


def _counts(table: Table, lines: Sequence[tuple[Line, bool]]) -> list[Column]:
    from rich.text import Text

    labels = [label for label in COUNTED if label in table.outcomes]
    rows = [_counted(line, labels, by_whom=head) for line, head in lines]
    names = ("total", "answered", *labels, "refused", "missing")
    return [
        Column((name,), tuple(Text(row[place], justify="right") for row in rows), right=True)
        for place, name in enumerate(names)
    ]


def _counted(line: Line, labels: Sequence[str], *, by_whom: bool) -> list[str]:
    tally = line.tally
    refused = [f"{sum(tally.refused.values()):,}"]
    if by_whom:
        refused += [f"{who} {count:,}" for who, count in tally.refused.items()]
    return [
        f"{tally.total:,}",
        f"{tally.answered:,}",
        *(f"{tally.outcomes.get(label, 0):,}" for label in labels),
        "\n".join(refused),
        f"{tally.missing:,}",
    ]
