"""How far a thread has come with what the viewer computes, so that a page can say what it waits for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mmdt.engine.store.store import Store, Trial
from mmdt.runs.result import Run

if TYPE_CHECKING:
    from mmdt.core.score import Scored

WAITING = "Waiting for other pages that are being made"
OPENING = "Opening the run"
SCORING = "Scoring outputs"
EXPLAINING = "Looking for failure signatures"
LAYING_OUT = "Laying out the cases"
COMPARING = "Comparing the runs case by case"


@dataclass(eq=False)
class Working:
    """What is done now, and how much of it. One thread writes, others read."""

    doing: str = WAITING
    done: int = 0
    total: int = 0

    def begin(self, doing: str) -> None:
        self.doing, self.done = doing, 0

    def shown(self) -> dict[str, Any]:
        """As JSON values. ``total`` 0: it is not known yet."""
        return {"doing": self.doing, "done": min(self.done, self.total), "total": self.total}


@dataclass(frozen=True)
class WatchedRun(Run):
    """A run that counts the outputs as they are scored."""

    working: Working = field(default_factory=Working, compare=False)

    @classmethod
    def of(cls, run: Run, working: Working) -> WatchedRun:
        """The run with ``working`` counting. Raises StoreError where the store cannot be read."""
        with Store.open(run.folder) as store:
            working.total = sum(each.wanted for each in store.counts().values())
        return cls(run.folder, working=working)

    def scored(self, select: str | tuple[str, ...] = "**", *, spared: bool = False) -> Iterator[tuple[Trial, Scored]]:
        self.working.done = 0
        for row in super().scored(select, spared=spared):
            self.working.done += 1
            yield row
