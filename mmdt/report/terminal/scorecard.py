"""The scorecard as text of at most 100 columns; plain if the output is not a terminal."""

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
from mmdt.report.caveats import caveats
from mmdt.report.estimate_view import EstimateView
from mmdt.report.export.rows import estimate_rows, trade_off_rows
from mmdt.report.facts import Completeness, RunFacts, completeness, read_facts
from mmdt.report.plot.plot import Plot
from mmdt.report.references import references_of
from mmdt.report.terminal.table import printable, rich_text, tables
from mmdt.report.view import ScorecardRow, Section, sections, totals
from mmdt.report.wording import sample_text
from mmdt.stats.scorecard import Scorecard
from mmdt.stats.trade_offs import points

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDTH = 100
LEAST_WIDTH = 76
"""On a narrower terminal lines of this width wrap: they look odd, but no number is cut off."""
TRADE_OFF_TITLE_WIDTH = 34
"""Width in characters of the titles of a trade-off's numbers."""


def print_scorecard(
    scorecard: Scorecard,
    *,
    manifest: Any = None,
    perspectives: Sequence[Perspective] | None = None,
    folder: Path | str = "",
    as_json: bool = False,
    stream: TextIO | None = None,
) -> None:
    """Print every number with its interval and counts, and whether the results are complete.

    ``manifest``: the run's manifest, or its JSON values. ``perspectives``: provide titles and units (default: all that
    are installed). ``as_json``: print one line of JSON, which names the run's ``folder``, instead of tables.
    """
    where = stream or sys.stdout
    declared = plugins.perspectives() if perspectives is None else perspectives
    facts = read_facts(msgspec.to_builtins(manifest) if manifest is not None else {})
    if as_json:
        where.write(scorecard_json(scorecard, facts, folder, declared) + "\n")
        return
    console = _console(where)
    console.width = max(min(console.width, WIDTH), LEAST_WIDTH) if where.isatty() else WIDTH
    for renderable in _renderables(scorecard, facts, sections(scorecard, declared), console.width):
        console.print(renderable)


def _console(where: TextIO) -> Console:
    """A console that raises BrokenPipeError if the pipe is closed; rich would end the process."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704 - rich calls this from its except block

    return Plain(file=where, highlight=False, markup=False, emoji=False, soft_wrap=False)


def scorecard_json(
    scorecard: Scorecard, facts: RunFacts, folder: Path | str = "", perspectives: Sequence[Perspective] = ()
) -> str:
    """One line of JSON: whether the run is complete, and its estimates and trade-offs as in the export."""
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
        "unclear": total.unclear,
        "why_unclear": total.why_unclear,
        "cut_off": total.cut_off,
        "notes": _notes(scorecard, facts),
        "estimates": list(estimate_rows(scorecard)),
        "trade_offs": list(trade_off_rows(points(perspectives, scorecard, facts.model))),
    }
    return msgspec.json.encode(line).decode()  # NaN is null


def _renderables(
    scorecard: Scorecard, facts: RunFacts, laid_out: Sequence[Section], width: int
) -> Iterator[RenderableType]:
    from rich.text import Text

    state = completeness(scorecard, facts.ended)
    yield Text(printable(facts.model), style="bold")
    for note in _notes(scorecard, facts):
        yield Text(printable(note), style="yellow")
    for section in laid_out:
        yield Text()
        yield Text(section.title.upper(), style="bold")
        yield from _section(section, width)
    yield from _references(scorecard)
    yield Text()
    yield from _state(state)


def _references(scorecard: Scorecard) -> Iterator[RenderableType]:
    """Published numbers of the same cells, below the measured ones and never among them."""
    from rich.text import Text

    found = references_of(result.address for result in scorecard.results)
    if not found:
        return
    yield Text()
    yield Text("REFERENCE NUMBERS (published by others, not measured here)", style="bold")
    for each in found:
        yield Text(printable(f"  {each.address}  {each.metric}  {each.text}  {each.model}"))
    for source in dict.fromkeys(f"{each.source}, {each.date}" for each in found):
        yield Text(printable(f"  source: {source}"), style="dim")


def _notes(scorecard: Scorecard, facts: RunFacts) -> tuple[str, ...]:
    return (*facts.notes, *caveats(scorecard), *([scorecard.note] if scorecard.note else []))


def _section(section: Section, width: int) -> Iterator[RenderableType]:
    if section.summaries:
        yield _summaries(section.summaries)
    for plot in section.plots:
        yield from _trade_off(plot)
    for table in section.tables:
        yield from tables(table, width)


def _summaries(rows: Sequence[ScorecardRow]) -> RenderableType:
    from rich.table import Table as RichTable

    grid = RichTable.grid(padding=(0, 2))
    for row in rows:
        for estimate in row.estimates:
            if estimate:
                grid.add_row(row.title, rich_text(estimate), estimate.direction, _missing(estimate))
    return grid


def _trade_off(plot: Plot) -> Iterator[RenderableType]:
    """Both numbers, each in a line below the trade-off's title; the report plots them."""
    from rich.text import Text

    yield Text(f"\n{plot.title}")
    for mark in plot.marks:
        for axis, number in ((plot.across, mark.across), (plot.up, mark.up)):
            only = f", only: {number.title}" if number.stand_in else ""
            title = f"  {axis.title:<{TRADE_OFF_TITLE_WIDTH}}  "
            yield Text.assemble(title, rich_text(number.estimate), f"  {axis.direction}{only}")


def _missing(estimate: EstimateView) -> str:
    """What the number rests on: outputs, clusters, what is missing, and whether it is too few."""
    parts = [sample_text(estimate.n, estimate.clusters)]
    parts += [f"{estimate.missing:,} missing"] if estimate.missing else []
    return ", ".join([*parts, *(["too few to tell"] if estimate.too_few else [])])


def _state(state: Completeness) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(state.headline, style="green" if state.complete else "bold yellow")
    if state.ended:
        yield Text(printable(state.ended), style="yellow")
    for why, count in (*state.reasons, *((f"unclear: {why}", count) for why, count in state.unclear)):
        yield Text(f"{count:>8}  {textwrap.shorten(printable(why), WIDTH - 10, placeholder=' ...')}")
