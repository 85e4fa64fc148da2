"""A run's progress: a live table on a terminal, a plain line every few seconds elsewhere, or JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol, TextIO

from mmdt.engine.pipeline.progress import Progress, TrialCounts
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.text import Text

PLAIN_EVERY = 10.0
"""Seconds between plain lines."""
JSON_EVERY = 1.0
"""Seconds between JSON lines."""
BAR = 24
LEAST_BAR = 8
HEADINGS = ("done", "refused", "failed", "missing")
GAP = 2


class ProgressDisplay(Protocol):
    """Shows snapshots; ``close`` makes sure that the last one is shown."""

    def show(self, progress: Progress) -> None: ...
    def close(self) -> None: ...


@contextmanager
def watching(*, as_json: bool = False, stream: TextIO | None = None) -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows each snapshot of a run it is called with.

    The output goes to ``stream`` (default: stderr, or stdout for JSON); on a terminal it is a live table.
    """
    display = _display(as_json, stream)
    try:
        yield display.show
    finally:
        display.close()


def _display(as_json: bool, stream: TextIO | None) -> ProgressDisplay:
    if as_json:
        return LineDisplay(stream or sys.stdout, json_line, JSON_EVERY)
    where = stream or sys.stderr
    if where.isatty():
        from rich.console import Console

        return LiveDisplay(Console(file=where))
    return LineDisplay(where, plain_line, PLAIN_EVERY)


class LineDisplay:
    """Writes one line every ``every`` seconds, and one at the end.

    If the stream fails (a full disk, a closed pipe), the run continues without progress lines.
    """

    def __init__(self, stream: TextIO, line: Callable[[Progress], str], every: float) -> None:
        self._stream = stream
        self._line = line
        self._every = every
        self._next = 0.0
        self._last: Progress | None = None
        self._shown: Progress | None = None
        self._writable = True

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
        if not self._writable:
            return
        try:
            self._stream.write(f"{self._line(progress)}\n")
            self._stream.flush()
        except OSError:
            self._writable = False


class LiveDisplay:
    """A table that is redrawn in place."""

    def __init__(self, console: Console) -> None:
        from rich.live import Live as RichLive

        self._console = console
        self._live = RichLive(console=console, auto_refresh=False, transient=False)
        self._started = False

    def show(self, progress: Progress) -> None:
        if not self._started:
            self._live.start()
            self._started = True
        self._live.update(
            live_view(progress, rows=max(1, self._console.height - 6), width=self._console.width), refresh=True
        )

    def close(self) -> None:
        if self._started:
            self._live.stop()


def plain_line(progress: Progress) -> str:
    """``120/240 50% | 4.2/s | 0:28 left | $0.12 | 12 refused, 3 failed, 0 missing``."""
    parts = [_done(progress), *_pace(progress), _problems(progress), progress.note]
    return visible(" | ".join(filter(None, parts)))


def json_line(progress: Progress) -> str:
    """The snapshot as one line of JSON whose ``kind`` is ``progress``."""
    import msgspec

    return msgspec.json.encode({"kind": "progress", **asdict(progress)}).decode()


def live_view(progress: Progress, *, rows: int, width: int = 80) -> Group:
    """The content of the live display in ``width`` columns; cells are combined by scenario if there are more than
    ``rows``."""
    from rich.console import Group
    from rich.text import Text

    pace = "  ".join(_pace(progress))
    done = _done(progress)
    bar = min(BAR, width - len(done) - len(pace) - 4)
    head = Text.assemble(
        (f"{_bar(progress.done, progress.total, bar)} " if bar >= LEAST_BAR else "", "cyan"),
        (done, "bold"),
        f"  {pace}",
    )
    requests = f"{progress.requests:,} requests, {progress.in_flight} in flight (limit {progress.limit})"
    paused = f", paused for {clock(progress.paused)}" if progress.paused else ""
    lines = [head, Text(_problems(progress), style="dim"), Text(f"{requests}{paused}", style="dim")]
    if len(_problems(progress)) + len(requests) + len(paused) + 2 <= width:
        lines[1:] = [Text(f"{_problems(progress)}  {requests}{paused}", style="dim")]
    if progress.note:
        lines.append(Text(visible(progress.note), style="dim"))
    for each in lines:
        each.truncate(width, overflow="ellipsis")
    return Group(*lines, *_cells(progress, rows, width))


def _cells(progress: Progress, rows: int, width: int) -> Iterator[Text]:
    """A line for each cell: those that run now are marked, and come first where not all fit."""
    from rich.text import Text

    lines = progress.cells if len(progress.cells) <= rows else by_scenario(progress.cells)
    shown = list(lines.items())
    if len(shown) > rows:
        shown = sorted(shown, key=lambda item: (not _runs(item[1]), item[1].done == item[1].total))[:rows]
    counts = {address: _counts(cell) for address, cell in shown}
    widths = [max(len(row[n]) for row in (*counts.values(), HEADINGS)) for n in range(len(HEADINGS))]
    room = width - sum(widths) - GAP * len(widths) - 2
    name = min(room, max((len(address) for address, _ in shown), default=0))

    def line(mark: str, address: str, numbers: Sequence[str]) -> str:
        right = "".join(f"{'':{GAP}}{number:>{size}}" for number, size in zip(numbers, widths, strict=True))
        return f"{mark} {_shortened(address, name):<{name}}{right}"

    yield Text(line(" ", "", HEADINGS), style="bold")
    for address, cell in shown:
        style = "dim" if cell.done == cell.total else ""
        yield Text(line("▸" if _runs(cell) else " ", address, counts[address]), style=style)
    if len(lines) > len(shown):
        yield Text(f"  and {len(lines) - len(shown)} more", style="dim")


def _runs(cell: TrialCounts) -> bool:
    """Whether something of it was sent and not all of it is done."""
    return cell.done < cell.total and bool(cell.done or cell.answered or cell.refused or cell.failed)


def _counts(cell: TrialCounts) -> tuple[str, ...]:
    problems = (f"{number:,}" if number else "" for number in (cell.refused, cell.failed, cell.missing))
    return (f"{cell.done:,}/{cell.total:,}", *problems)


def _shortened(address: str, width: int) -> str:
    """The end of an address says most."""
    return address if len(address) <= width else f"…{address[len(address) - width + 1 :]}"


def by_scenario(cells: Mapping[str, TrialCounts]) -> dict[str, TrialCounts]:
    """Sum the cells' counts by scenario."""
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
    to_go = "" if progress.eta is None or progress.done == progress.total else f"{clock(progress.eta)} left"
    cost = "" if progress.cost is None else f"${progress.cost:,.2f}"
    rate = f"{progress.rate:,.1f}/s" if progress.rate else ""
    return [part for part in (rate, to_go, f"{clock(progress.elapsed)} elapsed", cost) if part]


def _problems(progress: Progress) -> str:
    return f"{progress.refused:,} refused, {progress.failed:,} failed, {progress.missing:,} missing"


def _bar(done: int, total: int, width: int = BAR) -> str:
    full = width * done // total if total else 0
    return "█" * full + "░" * (width - full)
