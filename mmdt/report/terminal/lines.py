"""One line for each address of a scorecard, with its headline number: for lists that one can search and sort."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from mmdt.core.scenario import Perspective
from mmdt.report.names import DisplayNames
from mmdt.report.terminal.table import printable
from mmdt.report.wording import ARROWS, estimate_text
from mmdt.stats.scorecard import Level, Result, Scorecard

if TYPE_CHECKING:
    from rich.console import RenderableType

LEVELS: dict[str, Level] = {"perspective": "summary", "scenario": "scenario", "task": "cell"}
"""What ``--by`` takes, and the level of the scorecard that it means."""
GAP = 2
LEAST = 8
"""Characters that the name of what is measured needs; with fewer it is left out."""
LONGEST = 34
"""Characters of an address that are kept together, if the terminal is too narrow for it."""
_JUSTIFY: tuple[Literal["left", "right"], ...] = ("left", "left", "right", "right")


def lines(scorecard: Scorecard, perspectives: Sequence[Perspective], by: str, width: int) -> Iterator[RenderableType]:
    """A table of one line an address: what is measured, its value and interval, outputs and missing outputs."""
    from rich.table import Table

    names = DisplayNames.of(perspectives)
    rows = [_line(each, names) for each in scorecard.results if each.level == LEVELS[by]]
    rows.insert(0, (by, "95 % interval", "n", "missing", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    room = width - sum(widths) - GAP * 4
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for each, justify in zip(widths, _JUSTIFY, strict=True):
        grid.add_column(justify=justify, min_width=min(each, LONGEST), overflow="fold")
    if room >= LEAST:
        grid.add_column(no_wrap=True, overflow="ellipsis", max_width=room)
    for row in rows:
        grid.add_row(*row[: 4 + (room >= LEAST)], style="bold" if row is rows[0] else "")
    yield grid


def _line(result: Result, names: DisplayNames) -> tuple[str, ...]:
    estimate = result.estimate()
    style = names.style(result.address, estimate.metric)
    quantity = f"{style.title} {ARROWS[estimate.direction]}".strip()
    value = estimate_text(estimate, percent=style.percent)
    missing = f"{estimate.missing:,}" if estimate.missing else ""
    return printable(result.address), value, f"{estimate.n:,}", missing, printable(quantity)
