"""Scorecard tables on a terminal: as many columns side by side as fit, without breaking names unnecessarily."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmdt.report.estimate_view import EstimateView
from mmdt.report.methods import methods
from mmdt.report.notes import NO_BREAK
from mmdt.report.view import ScenarioTable, ScorecardRow
from mmdt.safe_text.visible import visible
from mmdt.stats.tally import Tally

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

TITLE_WIDTH = 20
"""Line width in characters of a column's heading and notes: the width of the widest estimate."""
LEAST_NAME, MOST_NAME = 16, 44
"""The least and the greatest width in characters of the names of scenarios and cells."""
INDENT = "  "
COUNTED = ("harmful", "leaked", "right", "partly", "wrong", "declined")
"""Outcomes that the terminal counts; the report counts all."""


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A heading of one or several lines, and a text for each row of the table."""

    heading: tuple[str, ...]
    texts: tuple[Text, ...]
    right: bool = False

    @property
    def width(self) -> int:
        lines = (*self.heading, *(line for text in self.texts for line in text.plain.split("\n")))
        return max(map(len, lines), default=0)


@dataclass(frozen=True, slots=True)
class TablePanel:
    """Columns that fit in one table, beside names of at most ``name_width`` characters."""

    name_width: int
    columns: tuple[TextColumn, ...]


def tables(table: ScenarioTable, width: int) -> Iterator[RenderableType]:
    """The table as panels of at most ``width`` characters, with the counts in the first, and its interval methods."""
    from rich.text import Text

    rows = [(row, row is group.head) for group in table.groups for row in (group.head, *group.cells)]
    estimates = [_estimates(table, index, rows) for index in range(len(table.columns))]
    names = max(len(_name(row, head)) for row, head in rows)
    for panel in panels(estimates, _counts(table, rows), min(max(names, len(table.title)), MOST_NAME), width):
        yield Text()
        yield _drawn(table.title, panel, rows)
    used = "; ".join(each.text for each in methods(table))
    if used:
        yield Text("\n".join(textwrap.wrap(printable(f"Intervals: {used}"), width)), style="dim")


def panels(
    estimates: Sequence[TextColumn], counts: Sequence[TextColumn], names: int, width: int
) -> Iterator[TablePanel]:
    """Counts beside the first estimates that fit, with shorter names if necessary; then the other estimates.

    ``names``: width in characters that the names need; ``width``: of a whole line.
    """
    beside = sum(1 + each.width for each in counts)
    first = _fitting(estimates, width - names - beside)
    if not first and estimates:
        names_here = width - beside - 1 - estimates[0].width
        first = int(names_here >= LEAST_NAME)
        yield TablePanel(names_here if first else min(names, width - beside), (*estimates[:first], *counts))
    else:
        yield TablePanel(names, (*estimates[:first], *counts))
    rest = estimates[first:]
    while rest:
        number = max(1, _fitting(rest, width - names))
        yield TablePanel(names, tuple(rest[:number]))
        rest = rest[number:]


def printable(text: str) -> str:
    """The text on one line with control characters shown, which could act on the terminal: servers are untrusted."""
    return "".join(char if char.isprintable() else " " for char in visible(text.replace("\n", " ").replace("\t", " ")))


def rich_text(estimate: EstimateView | None) -> Text:
    """The value and its interval on one line."""
    from rich.text import Text

    if estimate is None:
        return Text("-")
    return Text.assemble(estimate.value, " ", (estimate.interval, "not bold dim"))


def _fitting(columns: Sequence[TextColumn], room: int) -> int:
    """The number of leading columns that fit, each with a space before it."""
    number = 0
    for column in columns:
        room -= 1 + column.width
        if room < 0:
            break
        number += 1
    return number


def _drawn(title: str, panel: TablePanel, rows: Sequence[tuple[ScorecardRow, bool]]) -> RenderableType:
    from rich import box
    from rich.table import Table as RichTable

    drawn = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=0)
    drawn.add_column("\n".join(textwrap.wrap(title, panel.name_width)), width=panel.name_width)
    for column in panel.columns:
        drawn.add_column("\n".join(column.heading), no_wrap=True, justify="right" if column.right else "left")
    for index, (row, head) in enumerate(rows):
        name = _wrapped(_name(row, head), panel.name_width)
        drawn.add_row(name, *(column.texts[index] for column in panel.columns), style="bold" if head else "")
    return drawn


def _name(row: ScorecardRow, head: bool) -> str:
    return printable(row.title if head else f"{INDENT}{row.title}")


def _wrapped(name: str, width: int) -> str:
    """Break a name at spaces and hyphens, or within a long word, and indent the lines that follow."""
    indent = INDENT if name.startswith(INDENT) else ""
    found = textwrap.wrap(name.strip(), width, initial_indent=indent, subsequent_indent=indent + INDENT)
    return "\n".join(found)


def _estimates(table: ScenarioTable, index: int, rows: Sequence[tuple[ScorecardRow, bool]]) -> TextColumn:
    column = table.columns[index]
    heading = (*(textwrap.wrap(printable(column.title), TITLE_WIDTH) or [""]), column.direction)
    return TextColumn(heading, tuple(_text(row.estimates[index], with_notes=head) for row, head in rows))


def _text(estimate: EstimateView | None, *, with_notes: bool) -> Text:
    """The estimate; with its notes in a scenario's row."""
    shown = rich_text(estimate)
    if estimate and with_notes:
        fewer = [estimate.sample] if estimate.clusters != estimate.n and estimate.interval else []
        for note in (*fewer, *estimate.notes):
            for line in textwrap.wrap(note, max(TITLE_WIDTH, len(shown.plain.split("\n")[0]))):
                shown.append(f"\n{line.replace(NO_BREAK, ' ')}", "not bold dim")
    return shown


def _counts(table: ScenarioTable, rows: Sequence[tuple[ScorecardRow, bool]]) -> list[TextColumn]:
    from rich.text import Text

    labels = [label for label in COUNTED if label in table.outcomes]
    counted = [name for name in ("unclear", "cut off") if any(_beside(row.tally, name) for row, _ in rows)]
    counts = [_counted(row, labels, counted, by_whom=head) for row, head in rows]
    names = ("total", "answered", *labels, "refused", *counted, "missing")
    return [
        TextColumn((name,), tuple(Text(count[index], justify="right") for count in counts), right=True)
        for index, name in enumerate(names)
    ]


def _beside(tally: Tally, name: str) -> int:
    """Answers that the reader could not tell, or that a token limit cut off."""
    return tally.unclear if name == "unclear" else tally.cut_off


def _counted(row: ScorecardRow, labels: Sequence[str], beside: Sequence[str], *, by_whom: bool) -> list[str]:
    tally = row.tally
    refused = [f"{sum(tally.refused.values()):,}"]
    if by_whom:
        refused += [f"{who} {count:,}" for who, count in tally.refused.items()]
    return [
        f"{tally.total:,}",
        f"{tally.answered:,}",
        *(f"{tally.outcomes.get(label, 0):,}" for label in labels),
        "\n".join(refused),
        *(f"{_beside(tally, name):,}" for name in beside),
        f"{tally.missing:,}",
    ]
