"""The overview on a terminal: perspectives by modalities, and below it what was not run, is missing and was used."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mmdt.report.caveats import caveats_line
from mmdt.report.facts import Completeness
from mmdt.report.overview import Headline, OverviewCell, modalities, not_run_line
from mmdt.report.terminal.table import printable
from mmdt.report.used import money
from mmdt.report.wording import ARROWS

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

LEAST_CELL = 20
"""Characters of a value with its interval."""
MOST_CELL = 44
MOST_LABEL = 46
GAP = 2
REASONS = 3
"""How many reasons for missing results are named; `--full` has all."""


def overview_matrix(cells: Sequence[OverviewCell], width: int) -> Iterator[RenderableType]:
    """A row for each quantity of a perspective, a column for each modality of which anything was run."""
    from rich.table import Table
    from rich.text import Text

    shown = [each for each in modalities(cells) if any(c.modality == each and c.state != "not run" for c in cells)]
    rows = list(_rows(cells))
    run = {(each.perspective, each.modality) for each in cells if each.state != "not run"}
    if not shown or not rows:
        return
    costs = _costs(cells)
    price = max((len(each) for each in costs.values()), default=0)
    room = width - GAP * len(shown) - (GAP + price if costs else 0)
    label = min(MOST_LABEL, max(len(text) for text, _ in rows), max(LEAST_CELL, room - LEAST_CELL * len(shown)))
    column = min(MOST_CELL, (room - label) // len(shown))
    titles = {each.modality: each.modality_title for each in cells}
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for _ in range(1 + len(shown) + bool(costs)):
        grid.add_column(overflow="fold")
    heads = [Text(titles[each], style="bold") for each in shown]
    grid.add_row("", *heads, *([Text("cost", style="bold")] if costs else []))
    priced: set[str] = set()
    for text, found in rows:
        name = next(iter(found.values()))[0].perspective
        cost = [costs.get(name, "") if name not in priced else ""] if costs else []
        priced.add(name)
        places = [_place(found.get(each), (name, each) in run, column) for each in shown]
        grid.add_row("\n".join(textwrap.wrap(printable(text), label, subsequent_indent="  ")), *places, *cost)
    yield grid


Row = tuple[str, dict[str, tuple[OverviewCell, Headline]]]
"""A label, and by modality the cell with its headline."""


def _rows(cells: Sequence[OverviewCell]) -> Iterator[Row]:
    """The headlines of a perspective that measure the same, side by side."""
    for name in dict.fromkeys(each.perspective for each in cells):
        mine = [each for each in cells if each.perspective == name]
        rows: dict[str, dict[str, tuple[OverviewCell, Headline]]] = {}
        for cell in mine:
            for headline in cell.headlines:
                rows.setdefault(_label(headline, cell), {})[cell.modality] = (cell, headline)
        yield from rows.items()


def _label(headline: Headline, cell: OverviewCell) -> str:
    """``Safety: bypass rate (BR) ↓``; a scenario that has its own headline is named."""
    own = f" {headline.title}," if headline.address in cell.run else ""
    quantity = (
        headline.quantity if headline.quantity[1:2].isupper() else headline.quantity[:1].lower() + headline.quantity[1:]
    )
    return f"{cell.title}:{own} {quantity} {ARROWS[headline.direction]}".rstrip()  # fmt: skip


def _place(found: tuple[OverviewCell, Headline] | None, run: bool, width: int) -> Text:
    """The number with its interval; below it what is missing from it, or why there is none. ``run``: whether anything
    of the perspective was run in the modality."""
    from rich.text import Text

    if found is None:
        return Text("" if run else "not run", style="dim")
    _, headline = found
    if headline.why_none:
        return Text("\n".join(textwrap.wrap(f"no value: {headline.why_none}", width)), style="yellow")
    text = Text.assemble((headline.view.value, "bold"), " ", headline.view.interval)
    if headline.view.missing:
        text.append(f"\n{headline.view.missing:,} missing", "yellow")
    return text


def _costs(cells: Sequence[OverviewCell]) -> dict[str, str]:
    """By perspective, over its modalities; empty where no price is known."""
    found: dict[str, float] = {}
    for cell in cells:
        if cell.cost is not None:
            found[cell.perspective] = found.get(cell.perspective, 0.0) + cell.cost
    return {name: money(cost) for name, cost in found.items()}


def overview_lines(
    cells: Sequence[OverviewCell],
    state: Completeness,
    notes: Sequence[str],
    used: str,
    width: int,
    judged: str = "",
) -> Iterator[RenderableType]:
    """How complete the run is and why not, what was not run, what it used, and its caveats in one line."""
    from rich.text import Text

    yield Text(state.headline, style="green" if state.complete else "bold yellow")
    if state.ended:
        yield Text(printable(state.ended), style="yellow")
    reasons = (*state.reasons, *((f"unclear: {why}", count) for why, count in state.unclear))
    for why, count in reasons[:REASONS]:
        yield Text(f"{count:>8}  {textwrap.shorten(printable(why), width - 10, placeholder=' ...')}")
    if len(reasons) > REASONS:
        yield Text(f"{'':>8}  and {len(reasons) - REASONS} more reasons")
    facts = {"not run": not_run_line(cells), "used": used, "judged again": judged, "caveats": caveats_line(notes)}
    for name, text in facts.items():
        if text:
            first = "" if name == "caveats" else f"{name[:1].upper()}{name[1:]}: "
            style = "yellow" if name == "caveats" else ""
            yield Text("\n".join(textwrap.wrap(printable(first + text), width, subsequent_indent="  ")), style=style)
    yield Text("[..]: 95 % interval; ↑ higher is better, ↓ lower is better", style="dim")
