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
from mmdt.engine.store.use import Use
from mmdt.report.estimate_view import EstimateView
from mmdt.report.export.rows import estimate_rows, trade_off_rows
from mmdt.report.facts import Completeness, RunFacts, completeness, read_facts
from mmdt.report.low_harm import low_harm_caveats
from mmdt.report.overview import OverviewCell, overview
from mmdt.report.plot.plot import Plot
from mmdt.report.references import references_of
from mmdt.report.terminal.lines import lines
from mmdt.report.terminal.overview import overview_lines, overview_matrix
from mmdt.report.terminal.table import printable, rich_text, tables
from mmdt.report.used import used_text
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
    use: Use | None = None,
    part: bool = False,
) -> None:
    """Print every number with its interval and counts, and whether the results are complete.

    ``manifest``: the run's manifest, or its JSON values. ``perspectives``: provide titles and units (default: all that
    are installed). ``as_json``: print one line of JSON, which names the run's ``folder``, instead of tables. ``use``:
    what the run used. ``part``: the scorecard is a part of the run's, so whether the run is complete is not said.
    """
    where = stream or sys.stdout
    declared = plugins.perspectives() if perspectives is None else perspectives
    facts = read_facts(msgspec.to_builtins(manifest) if manifest is not None else {})
    if as_json:
        where.write(scorecard_json(scorecard, facts, folder, declared, use) + "\n")
        return
    console = _console(where)
    for renderable in _renderables(scorecard, facts, sections(scorecard, declared), console.width, part=part):
        console.print(renderable)


def print_lines(
    scorecard: Scorecard, perspectives: Sequence[Perspective], by: str, *, stream: TextIO | None = None
) -> None:
    """Print one line for each ``perspective``, ``scenario`` or ``task``, with its headline number."""
    console = _console(stream or sys.stdout)
    for each in lines(scorecard, perspectives, by, console.width):
        console.print(each)


def print_overview(
    scorecard: Scorecard,
    *,
    manifest: Any = None,
    perspectives: Sequence[Perspective] | None = None,
    use: Use | None = None,
    stream: TextIO | None = None,
    brief: bool = True,
) -> None:
    """Print the headlines by perspective and modality, and what was not run, is missing and was used: about 15 lines.

    The arguments are those of :func:`print_scorecard`, which prints every number. ``brief``: also in a line what that
    spells out."""
    from rich.text import Text

    declared = plugins.perspectives() if perspectives is None else perspectives
    facts = read_facts(msgspec.to_builtins(manifest) if manifest is not None else {})
    console = _console(stream or sys.stdout)
    cells = overview(scorecard, declared, use.costs if use else {})
    console.print(Text(printable(_heading(facts)), style="bold"))
    for each in overview_matrix(cells, console.width):
        console.print(each)
    state, used = completeness(scorecard, facts.ended), _used(use, facts)
    notes = _notes(scorecard, facts) if brief else ()
    judged = f"{facts.judgings[-1][0]}, {len(facts.judgings)} times in all" if facts.judgings else ""
    for each in overview_lines(cells, state, notes, used, console.width, judged):
        console.print(each)


def _heading(facts: RunFacts) -> str:
    data = dict(facts.data)
    return ", ".join(filter(None, (facts.model, data.get("source") and f"data: {data['source']}")))


def _used(use: Use | None, facts: RunFacts) -> str:
    parts = [used_text(use)] if use and use.requests else []
    return ", ".join([*parts, *([f"in {facts.duration}"] if parts and facts.duration else [])])


def _console(where: TextIO) -> Console:
    """A console that raises BrokenPipeError if the pipe is closed; rich would end the process."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704 - rich calls this from its except block

    console = Plain(file=where, highlight=False, markup=False, emoji=False, soft_wrap=False)
    console.width = max(min(console.width, WIDTH), LEAST_WIDTH) if where.isatty() else WIDTH
    return console


def scorecard_json(
    scorecard: Scorecard,
    facts: RunFacts,
    folder: Path | str = "",
    perspectives: Sequence[Perspective] = (),
    use: Use | None = None,
) -> str:
    """One line of JSON: whether the run is complete, its overview, what it used, and its estimates and trade-offs as in
    the export."""
    total = totals(scorecard)
    cells = overview(scorecard, perspectives, use.costs if use else {})
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
        "use": use,
        "judgings": [{"at": at, "by": by} for at, by in facts.judgings],
        "overview": [_overview_json(each) for each in cells],
        "estimates": list(estimate_rows(scorecard)),
        "trade_offs": list(trade_off_rows(points(perspectives, scorecard, facts.model))),
    }
    return msgspec.json.encode(line).decode()  # NaN is null


def _overview_json(cell: OverviewCell) -> dict[str, Any]:
    headlines = [
        {name: getattr(each, name) for name in _HEADLINE} | {"n": each.view.n, "missing": each.view.missing}
        for each in cell.headlines
    ]
    return {
        "perspective": cell.perspective,
        "modality": cell.modality,
        "state": cell.state,
        "headlines": headlines,
        "not_run": [address for address, _ in cell.not_run],
        "tasks_not_run": cell.tasks_not_run,
        "total": cell.tally.total,
        "missing": cell.missing,
        "cost": cell.cost,
    }


_HEADLINE = ("address", "metric", "quantity", "direction", "value", "low", "high", "why_none")


def _renderables(
    scorecard: Scorecard, facts: RunFacts, laid_out: Sequence[Section], width: int, *, part: bool = False
) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(printable(facts.model), style="bold")
    for note in _notes(scorecard, facts):
        yield Text(printable(note), style="yellow")
    for at, by in facts.judgings:
        yield Text(printable(f"judged {at} by {by}"), style="dim")
    for section in laid_out:
        yield Text()
        yield Text(section.title.upper(), style="bold")
        yield from _section(section, width)
    yield from _references(scorecard)
    if not part:
        yield Text()
        yield from _state(completeness(scorecard, facts.ended))


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
    return (*facts.notes, *low_harm_caveats(scorecard), *([scorecard.note] if scorecard.note else []))


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
    said = ", ".join([*parts, *(["too few to tell"] if estimate.too_few else [])])
    return said if estimate.holds == "sampling" else f"{said}\n{estimate.holds}"


def _state(state: Completeness) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(state.headline, style="green" if state.complete else "bold yellow")
    if state.ended:
        yield Text(printable(state.ended), style="yellow")
    for why, count in (*state.reasons, *((f"unclear: {why}", count) for why, count in state.unclear)):
        yield Text(f"{count:>8}  {textwrap.shorten(printable(why), WIDTH - 10, placeholder=' ...')}")
