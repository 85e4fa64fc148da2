"""The scorecard on a terminal: within 100 columns, as plain text where the output is no terminal."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from mmdt import registry
from mmdt.core.scenario import Perspective
from mmdt.report.facts import Completeness, Facts, completeness, read_facts
from mmdt.report.figure import Figure
from mmdt.report.plot import Plot
from mmdt.report.rows import estimate_rows, trade_off_rows
from mmdt.report.view import Line, Section, Table, sections, totals
from mmdt.stats.scorecard import Scorecard
from mmdt.stats.trade_offs import points

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

WIDTH = 100
LEAST_WIDTH = 76
"""Narrower terminals fold lines of this width themselves: numbers that look odd, but none cut short."""
TRADED_WIDTH = 34
"""Characters of the titles of a trade-off's numbers."""
TITLE_WIDTH = 20
"""Characters of a figure's heading in one line: as wide as the widest figure."""


def print_scorecard(
    scorecard: Scorecard,
    *,
    manifest: Any = None,
    perspectives: Sequence[Perspective] | None = None,
    folder: Path | str = "",
    as_json: bool = False,
    stream: TextIO | None = None,
) -> None:
    """Print every number with its interval and its counts, and whether anything is missing.

    ``manifest``: the run's, or its JSON values. ``perspectives`` give titles and units (all that are installed unless
    given). ``as_json``: one line of JSON in place of the tables; it names ``folder``, the run's.
    """
    where = stream or sys.stdout
    declared = registry.perspectives() if perspectives is None else perspectives
    facts = read_facts(msgspec.to_builtins(manifest) if manifest is not None else {})
    if as_json:
        where.write(scorecard_json(scorecard, facts, folder, declared) + "\n")
        return
    from rich.console import Console

    console = Console(file=where, highlight=False, markup=False, emoji=False, soft_wrap=False)
    console.width = max(min(console.width, WIDTH), LEAST_WIDTH) if where.isatty() else WIDTH
    figures = 2 if console.width == WIDTH else 1  # columns of figures that fit beside the counts
    for piece in _pieces(scorecard, facts, sections(scorecard, declared), figures):
        console.print(piece)


def scorecard_json(
    scorecard: Scorecard, facts: Facts, folder: Path | str = "", perspectives: Sequence[Perspective] = ()
) -> str:
    """One line: whether it is complete, and flat lists of estimates and trade-offs as in the export."""
    total = totals(scorecard)
    line = {
        "kind": "scorecard",
        "run": str(folder),
        "model": facts.model,
        "complete": scorecard.complete and not facts.ended,
        "ended": facts.ended,
        "total": total.total,
        "missing": total.missing,
        "why_missing": total.why_missing,
        "notes": facts.notes,
        "estimates": list(estimate_rows(scorecard)),
        "trade_offs": list(trade_off_rows(points(perspectives, scorecard, facts.model))),
    }
    return msgspec.json.encode(line).decode()  # NaN is null


def printable(text: str) -> str:
    """The text without anything that could steer a terminal (servers' messages are untrusted)."""
    return "".join(char if char.isprintable() else " " for char in text)


def _pieces(scorecard: Scorecard, facts: Facts, laid_out: Sequence[Section], figures: int) -> Iterator[RenderableType]:
    from rich.text import Text

    state = completeness(scorecard, facts.ended)
    yield Text(printable(facts.model), style="bold")
    for note in facts.notes:
        yield Text(printable(note), style="yellow")
    for section in laid_out:
        yield Text()
        yield Text(section.title.upper(), style="bold")
        yield from _section(section, figures)
    yield Text()
    yield from _state(state)


def _section(section: Section, figures: int) -> Iterator[RenderableType]:
    from rich.text import Text

    if section.summaries:
        yield _summaries(section.summaries)
    for plot in section.plots:
        yield from _trade_off(plot)
    for table in section.tables:
        for first in range(0, max(1, len(table.columns)), figures):
            yield Text()
            yield _table(table, first, figures)


def _summaries(lines: Sequence[Line]) -> RenderableType:
    from rich.table import Table as RichTable

    grid = RichTable.grid(padding=(0, 2))
    for line in lines:
        for figure in line.figures:
            if figure:
                grid.add_row(line.title, _figure(figure), figure.direction, _missing(figure))
    return grid


def _trade_off(plot: Plot) -> Iterator[RenderableType]:
    """Both numbers in a line below their title; the report draws them."""
    from rich.text import Text

    yield Text(f"\n{plot.title}")
    for mark in plot.marks:
        for axis, number in ((plot.across, mark.across), (plot.up, mark.up)):
            only = f", only: {number.title}" if number.stand_in else ""
            title = f"  {axis.title:<{TRADED_WIDTH}}  "
            yield Text.assemble(title, _figure(number.figure), f"  {axis.direction}{only}")


def _missing(figure: Figure) -> str:
    return f"n = {figure.n:,}" + (f", {figure.missing:,} missing" if figure.missing else "")


def _table(table: Table, first: int, figures: int) -> RenderableType:
    """So many of a table's columns of figures; the counts stand beside the first ones."""
    from rich import box
    from rich.table import Table as RichTable

    made = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=0)
    made.add_column(table.title, overflow="fold", min_width=12, max_width=40)
    for column in table.columns[first : first + figures]:
        made.add_column("\n".join((*_folded(column.title), column.direction)), no_wrap=True)
    counts = [] if first else ["total", "answered", *_harms(table), "refused", "missing"]
    for name in counts:
        made.add_column(name, justify="right", no_wrap=True)
    for block in table.blocks:
        for line in (block.head, *block.cells):
            head = line is block.head
            shown = (_figure(each) for each in line.figures[first : first + figures])
            counted = [] if first else _counts(line, table, by_whom=head)
            made.add_row(line.title if head else f"  {line.title}", *shown, *counted, style="bold" if head else "")
    return made


def _folded(title: str) -> list[str]:
    return textwrap.wrap(printable(title), TITLE_WIDTH) or [""]


def _harms(table: Table) -> list[str]:
    """Only what alarms is counted here; the report has the rest."""
    return [label for label in table.outcomes if label in ("harmful", "wrong")]


def _counts(line: Line, table: Table, *, by_whom: bool) -> list[str]:
    tally = line.tally
    refused = [f"{sum(tally.refused.values()):,}"]
    if by_whom:
        refused += [f"{who} {count:,}" for who, count in tally.refused.items()]
    return [
        f"{tally.total:,}",
        f"{tally.answered:,}",
        *(f"{tally.outcomes.get(label, 0):,}" for label in _harms(table)),
        "\n".join(refused),
        f"{tally.missing:,}",
    ]


def _figure(figure: Figure | None) -> Text:
    from rich.text import Text

    if figure is None:
        return Text("-")
    return Text.assemble(figure.value, " ", (figure.interval, "not bold dim"))


def _state(state: Completeness) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(state.headline, style="green" if state.complete else "bold yellow")
    if state.ended:
        yield Text(printable(state.ended), style="yellow")
    for why, count in state.reasons:
        yield Text(f"{count:>8}  {textwrap.shorten(printable(why), WIDTH - 10, placeholder=' ...')}")
