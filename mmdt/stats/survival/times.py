"""Times to an event, some of which are only known to be longer than observed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from mmdt.errors import UsageError
from mmdt.stats.intervals.wilson import Floats


@dataclass(frozen=True, slots=True)
class Times:
    """``times`` of shape (n,), in any unit, and ``events``, whether each ended in the event or was censored there."""

    times: Floats
    events: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, bool]]) -> Self:
        """From pairs of a time and whether the event happened then. Raises UsageError for a time that is no number
        or is below zero."""
        listed = list(pairs)
        times = np.array([time for time, _ in listed], np.float64)
        if not np.isfinite(times).all() or (times < 0).any():
            raise UsageError("times to an event must be finite and not negative", hint="count queries from 1")
        return cls(times, np.array([bool(event) for _, event in listed], np.bool_))

    def __len__(self) -> int:
        return len(self.times)

    def at_risk(self, time: float) -> int:
        """How many had neither the event nor been censored before ``time``."""
        return int((self.times >= time).sum())

    def happened(self, time: float) -> int:
        """How many had the event at ``time``."""
        return int((self.events & (self.times == time)).sum())

    @property
    def event_times(self) -> list[float]:
        """The different times of events, ascending."""
        return sorted({float(each) for each in self.times[self.events]})
