"""How far a run is: counted as it goes, shown as frozen snapshots; and how it ended."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mmdt.core.cell import Cell
from mmdt.core.output import Output, Status

WINDOW = 30.0
"""Seconds over which the rate is measured."""


@dataclass(frozen=True, slots=True)
class CellProgress:
    """One cell. ``done`` counts askings that are through, observations included; ``missing`` observations that
    could not be made."""

    total: int = 0
    done: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A run at one moment. ``rate`` is askings a second of late, ``eta`` seconds to go (None: unknown), ``cost`` US
    dollars over the life of the run (None: no price known), ``paused`` seconds the server asked to wait, ``note`` how
    the batches with the provider stand."""

    cells: Mapping[str, CellProgress]
    total: int = 0
    done: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    missing: int = 0
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
class _Counter:
    total: int = 0
    done: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    missing: int = 0

    def frozen(self) -> CellProgress:
        return CellProgress(self.total, self.done, self.answered, self.refused, self.failed, self.missing)


@dataclass(slots=True)
class Tally:
    """Counts what happens in a run."""

    cells: dict[str, _Counter] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    worked: int = 0
    """Askings finished in this session (the others were finished before it)."""

    @classmethod
    def of(cls, totals: Mapping[str, int]) -> Tally:
        """``totals``: askings by cell."""
        return cls({cell: _Counter(total=total) for cell, total in totals.items()})

    def output(self, cell: Cell, output: Output) -> None:
        """An asking has its output (found in the store, or new)."""
        counter = self.cells[str(cell)]
        if output.status is Status.ANSWERED:
            counter.answered += 1
        elif output.status is Status.REFUSED:
            counter.refused += 1
        else:
            counter.failed += 1
            self.failures[str(output.failure.kind) if output.failure else "unknown"] += 1

    def missing(self, cell: Cell) -> None:
        """An observation could not be made."""
        self.cells[str(cell)].missing += 1

    def done(self, cell: Cell, *, worked: bool) -> None:
        """An asking is through. ``worked``: something had to be done for it."""
        self.cells[str(cell)].done += 1
        self.worked += worked

    def sum(self, name: str) -> int:
        return sum(getattr(counter, name) for counter in self.cells.values())

    def shortfall(self) -> str:
        """What keeps the run from being complete, in words; empty when nothing does."""
        parts = []
        if failed := self.failures.total():
            kinds = ", ".join(f"{kind} {number:,}" for kind, number in self.failures.most_common())
            parts.append(f"{failed:,} failed ({kinds})")
        if unasked := self.sum("total") - self.sum("answered") - self.sum("refused") - failed:
            parts.append(f"{unasked:,} not asked yet")
        if missing := self.sum("missing"):
            parts.append(f"{missing:,} observations missing")
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
