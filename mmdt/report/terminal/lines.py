"""One line for each address of a scorecard, with its headline number: for lists that one can search and sort."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from mmdt.core.scenario import Perspective
from mmdt.report.names import DisplayNames
from mmdt.report.shrunken import ABOUT, ShrunkenTasks
from mmdt.report.terminal.table import printable
from mmdt.report.wording import ARROWS, estimate_text
from mmdt.stats.scorecard import Level, Result, Scorecard
from mmdt.stats.slices import Slice

if TYPE_CHECKING:
    from rich.console import RenderableType

LEVELS: dict[str, Level] = {"perspective": "summary", "scenario": "scenario", "task": "cell"}
"""What ``--by`` takes, and the level of the scorecard that it means."""
GAP = 2
LEAST = 8
"""Characters that the name of what is measured needs; with fewer it is left out."""
USUAL = 12
"""Characters that a short name takes, with the arrow of its better direction."""
LONGEST = 34
"""Characters of an address that are kept together, if the terminal is too narrow for it."""
SHRUNKEN = 2
"""The column that is left out first."""
_ALWAYS = (0, 1, 3)
_JUSTIFY: tuple[Literal["left", "right"], ...] = ("left", "left", "left", "right", "right")


def lines(scorecard: Scorecard, perspectives: Sequence[Perspective], by: str, width: int) -> Iterator[RenderableType]:
    """A table of one line an address: what is measured, its value and interval, outputs and missing outputs.

    Tasks of scenarios with several have their shrunken number beside their own, and what its intervals hold below."""
    from rich.table import Table
    from rich.text import Text

    names = DisplayNames.of(perspectives)
    shrunken = ShrunkenTasks.of(scorecard, perspectives) if by == "task" else ShrunkenTasks()
    rows = [
        _line(each, names, shrunken.tasks.get(each.address)) for each in scorecard.results if each.level == LEVELS[by]
    ]
    rows.insert(0, (by, "95 % interval", "shrunken", "n", "missing", ""))
    kept = [column for column in range(5) if column in _ALWAYS or any(row[column] for row in rows[1:])]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    if _room(kept, widths, width) < min(widths[0], LONGEST):
        kept = [each for each in kept if each != SHRUNKEN]
    room = _room(kept, widths, width)
    address = min(widths[0], max(room - (USUAL if SHRUNKEN in kept else 0), LONGEST))
    left = room - address
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for column in kept:
        each = widths[column] if column else address
        grid.add_column(justify=_JUSTIFY[column], min_width=each, max_width=each, overflow="fold")
    if left >= LEAST:
        grid.add_column(no_wrap=True, overflow="ellipsis", max_width=left)
    for row in rows:
        last = [_shortened(row[5], left)] if left >= LEAST else []
        grid.add_row(*(row[column] for column in kept), *last, style="bold" if row is rows[0] else "")
    yield grid
    if SHRUNKEN in kept:
        yield Text(
            "\n".join((f"{ABOUT}. How often 95 % intervals hold, by simulation:", *_held(shrunken))), style="dim"
        )
    elif shrunken.tasks:
        yield Text("Shrunken numbers of tasks: in a wider terminal, or in the report", style="dim")


def _room(kept: Sequence[int], widths: Sequence[int], width: int) -> int:
    """What is left for the address and the name of what is measured."""
    return width - sum(widths[column] for column in kept if column) - GAP * len(kept)


def _shortened(quantity: str, room: int) -> str:
    """``HGR ↓`` for ``Harmful-content generation (HGR) ↓`` where that does not fit."""
    short = re.sub(r"^.*\((\w+)\)", r"\1", quantity)
    return quantity if len(quantity) <= room else short


def _held(shrunken: ShrunkenTasks) -> Iterator[str]:
    for address, held in shrunken.held.items():
        yield printable(f"  {address}: {held}")


def _line(result: Result, names: DisplayNames, pulled: Slice | None) -> tuple[str, ...]:
    estimate = result.estimate()
    style = names.style(result.address, estimate.metric)
    quantity = f"{style.title} {ARROWS[estimate.direction]}".strip()
    value = estimate_text(estimate, percent=style.percent)
    beside = estimate_text(pulled.shrunken, percent=style.percent) if pulled and pulled.shrunken else ""
    missing = f"{estimate.missing:,}" if estimate.missing else ""
    return printable(result.address), value, beside, f"{estimate.n:,}", missing, printable(quantity)
