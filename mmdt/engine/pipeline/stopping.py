"""Stopping: what decides, case by case, whether more of a cell need to be asked, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mmdt.core.case import Case
from mmdt.engine.store.trials import Trial


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case with its number in the store, and how often it is asked."""

    n: int
    case: Case
    repeats: int


class Stopping(Protocol):
    """Decides by results. It sees every trial once, when it has all of its observations, in whatever order."""

    def add(self, case: StoredCase) -> None:
        """One of the run's cases; all of them are added before ``begin``."""
        ...

    def begin(self) -> list[int]:
        """The numbers of all cases in the order in which to ask. Raises UsageError for a rule that applies to none of
        them, before anything is asked."""
        ...

    def wanted(self, cell: str) -> bool:
        """Whether cases of the cell are still to be asked."""
        ...

    def settled(self, trial: Trial) -> None:
        """A trial has its output and its observations, or has failed for good."""
        ...
