"""The scorecard on a terminal: within 100 columns, as plain text where the output is no terminal."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from mmdt import plugins
from mmdt.core.scenario import Perspective
from mmdt.report.export.rows import estimate_rows, trade_off_rows
from mmdt.report.facts import Completeness, Facts, completeness, read_facts
from mmdt.report.html.figure import Figure
from mmdt.report.plot.plot import Plot
from mmdt.report.terminal.table import figure_text, printable, tables
from mmdt.report.view import Line, Section, sections, totals
from mmdt.stats.scorecard import Scorecard
from mmdt.stats.trade_offs import points

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDTH = 100
LEAST_WIDTH = 76
"""Narrower terminals fold lines of this width themselves: numbers that look odd, but none cut short."""
TRADED_WIDTH = 34
"""Characters of the titles of a trade-off's numbers."""


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
    declared = plugins.perspectives() if perspectives is None else perspectives
    facts = read_facts(msgspec.to_builtins(manifest) if manifest is not None else {})
    if as_json:
        where.write(scorecard_json(scorecard, facts, folder, declared) + "\n")
        return
    console = _console(where)
    console.width = max(min(console.width, WIDTH), LEAST_WIDTH) if where.isatty() else WIDTH
    for piece in _pieces(scorecard, facts, sections(scorecard, declared), console.width):
        console.print(piece)


def _console(where: TextIO) -> Console:
    """Raises BrokenPipeError where the reader has gone; rich would end the process."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704 - called where it was caught

    return Plain(file=where, highlight=False, markup=False, emoji=False, soft_wrap=False)


def scorecard_json(
    scorecard: Scorecard, facts: Facts, folder: Path | str = "", perspectives: Sequence[Perspective] = ()
) -> str:
    """One line: whether it is complete, and flat lists of estimates and trade-offs as in the export."""
    total = totals(scorecard)
    line = {
        "kind": "scorecard",
        "run": os.fsencode(folder).decode("utf-8", "replace"),
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


def _pieces(scorecard: Scorecard, facts: Facts, laid_out: Sequence[Section], width: int) -> Iterator[RenderableType]:
    from rich.text import Text

    state = completeness(scorecard, facts.ended)
    yield Text(printable(facts.model), style="bold")
    for note in facts.notes:
        yield Text(printable(note), style="yellow")
    for section in laid_out:
        yield Text()
        yield Text(section.title.upper(), style="bold")
        yield from _section(section, width)
    yield Text()
    yield from _state(state)


def _section(section: Section, width: int) -> Iterator[RenderableType]:
    if section.summaries:
        yield _summaries(section.summaries)
    for plot in section.plots:
        yield from _trade_off(plot)
    for table in section.tables:
        yield from tables(table, width)


def _summaries(lines: Sequence[Line]) -> RenderableType:
    from rich.table import Table as RichTable

    grid = RichTable.grid(padding=(0, 2))
    for line in lines:
        for figure in line.figures:
            if figure:
                grid.add_row(line.title, figure_text(figure), figure.direction, _missing(figure))
    return grid


def _trade_off(plot: Plot) -> Iterator[RenderableType]:
    """Both numbers in a line below their title; the report draws them."""
    from rich.text import Text

    yield Text(f"\n{plot.title}")
    for mark in plot.marks:
        for axis, number in ((plot.across, mark.across), (plot.up, mark.up)):
            only = f", only: {number.title}" if number.stand_in else ""
            title = f"  {axis.title:<{TRADED_WIDTH}}  "
            yield Text.assemble(title, figure_text(number.figure), f"  {axis.direction}{only}")


def _missing(figure: Figure) -> str:
    return f"n = {figure.n:,}" + (f", {figure.missing:,} missing" if figure.missing else "")


def _state(state: Completeness) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(state.headline, style="green" if state.complete else "bold yellow")
    if state.ended:
        yield Text(printable(state.ended), style="yellow")
    for why, count in state.reasons:
        yield Text(f"{count:>8}  {textwrap.shorten(printable(why), WIDTH - 10, placeholder=' ...')}")
