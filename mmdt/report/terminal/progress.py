"""Progress of a run: a live table on a terminal, a plain line now and then elsewhere, JSON lines for machines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol, TextIO

from mmdt.engine.pipeline.progress import Progress, TrialCounts

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.table import Table

PLAIN_EVERY = 10.0
"""Seconds between two plain lines."""
JSON_EVERY = 1.0
"""Seconds between two JSON lines."""
BAR = 24


class Display(Protocol):
    """Shows snapshots; ``close`` shows the last one in full."""

    def show(self, progress: Progress) -> None: ...
    def close(self) -> None: ...


@contextmanager
def watching(*, as_json: bool = False, stream: TextIO | None = None) -> Iterator[Callable[[Progress], None]]:
    """What is called with each snapshot of a run.

    Shows them on ``stream`` (stderr unless given, stdout for JSON): live where it is a terminal.
    """
    display = _display(as_json, stream)
    try:
        yield display.show
    finally:
        display.close()


def _display(as_json: bool, stream: TextIO | None) -> Display:
    if as_json:
        return Lines(stream or sys.stdout, json_line, JSON_EVERY)
    where = stream or sys.stderr
    if where.isatty():
        from rich.console import Console

        return Live(Console(file=where))
    return Lines(where, plain_line, PLAIN_EVERY)


class Lines:
    """One line every so many seconds, and one at the end. Where nobody takes them any more (a full disk, a reader that
    has gone) the run goes on without."""

    def __init__(self, stream: TextIO, line: Callable[[Progress], str], every: float) -> None:
        self._stream = stream
        self._line = line
        self._every = every
        self._next = 0.0
        self._last: Progress | None = None
        self._shown: Progress | None = None
        self._taken = True

    def show(self, progress: Progress) -> None:
        self._last = progress
        if progress.elapsed >= self._next:
            self._next = progress.elapsed + self._every
            self._write(progress)

    def close(self) -> None:
        if self._last is not None and self._last is not self._shown:
            self._write(self._last)

    def _write(self, progress: Progress) -> None:
        self._shown = progress
        if not self._taken:
            return
        try:
            self._stream.write(f"{self._line(progress)}\n")
            self._stream.flush()
        except OSError:
            self._taken = False


class Live:
    """A table that is drawn over and over in its place."""

    def __init__(self, console: Console) -> None:
        from rich.live import Live as RichLive

        self._console = console
        self._live = RichLive(console=console, auto_refresh=False, transient=False)
        self._started = False

    def show(self, progress: Progress) -> None:
        if not self._started:
            self._live.start()
            self._started = True
        self._live.update(live_view(progress, rows=max(1, self._console.height - 6)), refresh=True)

    def close(self) -> None:
        if self._started:
            self._live.stop()


def plain_line(progress: Progress) -> str:
    """``120/240 50% | 4.2/s | 0:28 to go | $0.12 | 12 refused, 3 failed, 0 missing``."""
    parts = [_done(progress), *_pace(progress), _troubles(progress), progress.note]
    return " | ".join(filter(None, parts))


def json_line(progress: Progress) -> str:
    """The snapshot as one line of JSON, ``kind`` being ``progress``."""
    import msgspec

    return msgspec.json.encode({"kind": "progress", **asdict(progress)}).decode()


def live_view(progress: Progress, *, rows: int) -> Group:
    """What the live display shows; cells are put together by scenario where there are more than ``rows``."""
    from rich.console import Group
    from rich.text import Text

    head = Text.assemble(
        (_bar(progress.done, progress.total), "cyan"),
        (f" {_done(progress)}", "bold"),
        "  ",
        "  ".join(_pace(progress)),
    )
    asking = f"{progress.requests:,} sent, {progress.in_flight} in flight (limit {progress.limit})"
    waiting = f", {clock(progress.paused)} to wait" if progress.paused else ""
    waiting += f"; {progress.note}" if progress.note else ""
    return Group(head, Text(f"{_troubles(progress)}  {asking}{waiting}", style="dim"), _cells(progress, rows))


def _cells(progress: Progress, rows: int) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("cell", overflow="ellipsis", no_wrap=True, ratio=1)
    for name in ("", "done", "refused", "failed", "missing"):
        table.add_column(name, justify="right", no_wrap=True)
    lines = progress.cells if len(progress.cells) <= rows else by_scenario(progress.cells)
    for address, cell in list(lines.items())[:rows]:
        table.add_row(
            address,
            _bar(cell.done, cell.total, 12),
            f"{cell.done:,}/{cell.total:,}",
            *(f"{number:,}" if number else "" for number in (cell.refused, cell.failed, cell.missing)),
            style="dim" if cell.done == cell.total else "",
        )
    if len(lines) > rows:
        table.add_row(f"and {len(lines) - rows} more", style="dim")
    return table


def by_scenario(cells: Mapping[str, TrialCounts]) -> dict[str, TrialCounts]:
    """The cells' counts put together by scenario."""
    found: dict[str, TrialCounts] = {}
    for address, counts in cells.items():
        scenario = address.rpartition("/")[0]
        found[scenario] = found.get(scenario, TrialCounts()) + counts
    return found


def clock(seconds: float) -> str:
    """``3725`` as ``1:02:05``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _done(progress: Progress) -> str:
    share = f"{100 * progress.done // progress.total if progress.total else 0}%"
    return f"{progress.done:,}/{progress.total:,} {'loaded so far' if progress.loading else share}"


def _pace(progress: Progress) -> list[str]:
    to_go = "" if progress.eta is None or progress.done == progress.total else f"{clock(progress.eta)} to go"
    cost = "" if progress.cost is None else f"${progress.cost:,.2f}"
    rate = f"{progress.rate:,.1f}/s" if progress.rate else ""
    return [part for part in (rate, to_go, f"{clock(progress.elapsed)} so far", cost) if part]


def _troubles(progress: Progress) -> str:
    return f"{progress.refused:,} refused, {progress.failed:,} failed, {progress.missing:,} missing"


def _bar(done: int, total: int, width: int = BAR) -> str:
    full = width * done // total if total else 0
    return "█" * full + "░" * (width - full)
