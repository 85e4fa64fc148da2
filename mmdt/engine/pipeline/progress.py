"""The progress of a run: counters, frozen snapshots of them, and the outcome."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from enum import StrEnum
from operator import add

from mmdt.core.cell import Cell
from mmdt.core.output import Output, Status

WINDOW = 30.0
"""Seconds over which the rate is measured."""
STILL_LOADING = "not all cases are loaded yet"


@dataclass(frozen=True, slots=True)
class TrialCounts:
    """Numbers of trials, of one cell or of several. ``done`` counts trials that are finished, observations included;
    ``refused`` also counts answers that decline in words, once that is read; ``missing`` counts observations that could
    not be made."""

    total: int = 0
    done: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    missing: int = 0

    def __add__(self, other: TrialCounts) -> TrialCounts:
        return TrialCounts(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(TrialCounts):
    """A snapshot of a run: totals, and counts per cell. ``rate``: recent trials per second. ``eta``: seconds left, None
    if unknown. ``cost``: US dollars over the life of the run, None if no price is known. ``paused``: seconds left of a
    wait that the server asked for. ``note``: the state of the batches at the provider. While ``loading``, ``total``
    counts only the cases loaded so far."""

    cells: Mapping[str, TrialCounts]
    loading: bool = False
    elapsed: float = 0.0
    rate: float = 0.0
    eta: float | None = None
    cost: float | None = None
    requests: int = 0
    in_flight: int = 0
    limit: int = 0
    paused: float = 0.0
    note: str = ""


class End(StrEnum):
    """How a run ended. Every run that is not ``complete`` can be resumed."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    BUDGET = "budget"
    INTERRUPTED = "interrupted"
    AWAITING = "awaiting"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, why (empty if complete), and the last snapshot."""

    end: End
    reason: str
    progress: Progress


@dataclass(slots=True)
class ProgressCounter:
    """Counts the events of a run, by cell and under the field names of ``TrialCounts``."""

    counters: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    loading: bool = False
    """Whether more cases may be added."""
    failures: Counter[str] = field(default_factory=Counter)
    worked: int = 0
    """Trials finished by this process, not by an earlier one."""

    def add_trials(self, cell: Cell | str, number: int) -> None:
        self.counters[str(cell)]["total"] += number

    def spare(self, cell: Cell | str, number: int = 1) -> None:
        """Trials need not be asked: what is known suffices."""
        self.counters[str(cell)]["total"] -= number

    def add_output(self, cell: Cell, output: Output) -> None:
        """A trial has its output, found in the store or new."""
        self.counters[str(cell)][str(output.status)] += 1
        if output.status is Status.FAILED:
            self.failures[str(output.failure.kind) if output.failure else "unknown"] += 1

    def add_missing(self, cell: Cell) -> None:
        """An observation could not be made."""
        self.counters[str(cell)]["missing"] += 1

    def add_refusal(self, cell: Cell) -> None:
        """What counted as an answer was read and declines."""
        self.counters[str(cell)]["answered"] -= 1
        self.counters[str(cell)]["refused"] += 1

    def add_done(self, cell: Cell, *, worked: bool) -> None:
        """A trial is finished. ``worked``: something had to be done for it."""
        self.counters[str(cell)]["done"] += 1
        self.worked += worked

    def cells(self) -> dict[str, TrialCounts]:
        """The current counts of every cell."""
        return {cell: TrialCounts(**counter) for cell, counter in self.counters.items()}

    def all(self) -> TrialCounts:
        """The sum over all cells."""
        return sum(self.cells().values(), TrialCounts())

    def shortfall(self) -> str:
        """Why the run is not complete, in words; empty if it is."""
        counts, parts = self.all(), []
        if counts.failed:
            kinds = ", ".join(f"{kind} {number:,}" for kind, number in self.failures.most_common())
            parts.append(f"{counts.failed:,} failed ({kinds})")
        if unasked := counts.total - counts.answered - counts.refused - counts.failed:
            parts.append(f"{unasked:,} not asked yet")
        if self.loading:
            parts.append(STILL_LOADING)
        if counts.missing:
            parts.append(f"{counts.missing:,} observations missing")
        return "; ".join(parts)


class Speed:
    """Trials per second over the last half minute."""

    def __init__(self, now: float) -> None:
        self._marks = deque([(now, 0)])

    def mark(self, now: float, worked: int) -> float:
        """The rate, now that ``worked`` trials are finished."""
        self._marks.append((now, worked))
        while len(self._marks) > 2 and self._marks[1][0] < now - WINDOW:
            self._marks.popleft()
        then, before = self._marks[0]
        return (worked - before) / (now - then) if now > then else 0.0
