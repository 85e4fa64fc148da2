"""How far a run is: counted as it goes, shown as frozen snapshots; and how it ended."""

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
NOT_WHOLE = "not all cases are loaded yet"


@dataclass(frozen=True, slots=True)
class Counts:
    """Askings, of one cell or of many. ``done`` counts those that are through, observations included; ``missing``
    observations that could not be made."""

    total: int = 0
    done: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    missing: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Counts):
    """A run at one moment: all its cells together, and each. ``rate`` is askings a second of late, ``eta`` seconds to
    go (None: unknown), ``cost`` US dollars over the life of the run (None: no price known), ``paused`` seconds the
    server asked to wait, ``note`` how the batches with the provider stand. While ``loading``, more cases come:
    ``total`` is what is there so far."""

    cells: Mapping[str, Counts]
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
    """How a run ended. All but ``complete`` can be resumed."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    BUDGET = "budget"
    INTERRUPTED = "interrupted"
    AWAITING = "awaiting"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, why (empty when complete), and how far it came."""

    end: End
    reason: str
    progress: Progress


@dataclass(slots=True)
class Tally:
    """Counts what happens in a run, by cell and under the names of ``Counts``."""

    counters: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    loading: bool = False
    """Whether more cases may come."""
    failures: Counter[str] = field(default_factory=Counter)
    worked: int = 0
    """Askings finished in this session (the others were finished before it)."""

    def more(self, cell: Cell | str, askings: int) -> None:
        """There are so many more askings."""
        self.counters[str(cell)]["total"] += askings

    def output(self, cell: Cell, output: Output) -> None:
        """An asking has its output (found in the store, or new)."""
        self.counters[str(cell)][str(output.status)] += 1
        if output.status is Status.FAILED:
            self.failures[str(output.failure.kind) if output.failure else "unknown"] += 1

    def missing(self, cell: Cell) -> None:
        """An observation could not be made."""
        self.counters[str(cell)]["missing"] += 1

    def done(self, cell: Cell, *, worked: bool) -> None:
        """An asking is through. ``worked``: something had to be done for it."""
        self.counters[str(cell)]["done"] += 1
        self.worked += worked

    def cells(self) -> dict[str, Counts]:
        """Every cell as it stands."""
        return {cell: Counts(**counter) for cell, counter in self.counters.items()}

    def all(self) -> Counts:
        """Every cell together."""
        return sum(self.cells().values(), Counts())

    def shortfall(self) -> str:
        """What keeps the run from being complete, in words; empty when nothing does."""
        counts, parts = self.all(), []
        if counts.failed:
            kinds = ", ".join(f"{kind} {number:,}" for kind, number in self.failures.most_common())
            parts.append(f"{counts.failed:,} failed ({kinds})")
        if unasked := counts.total - counts.answered - counts.refused - counts.failed:
            parts.append(f"{unasked:,} not asked yet")
        if self.loading:
            parts.append(NOT_WHOLE)
        if counts.missing:
            parts.append(f"{counts.missing:,} observations missing")
        return "; ".join(parts)


class Speed:
    """Askings a second over the last half minute."""

    def __init__(self, now: float) -> None:
        self._marks = deque([(now, 0)])

    def mark(self, now: float, worked: int) -> float:
        """The rate, now that ``worked`` askings are through."""
        self._marks.append((now, worked))
        while len(self._marks) > 2 and self._marks[1][0] < now - WINDOW:
            self._marks.popleft()
        then, before = self._marks[0]
        return (worked - before) / (now - then) if now > then else 0.0
