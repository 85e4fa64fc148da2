"""When to try again, and how long to wait before."""

from __future__ import annotations

import random

from mmdt.core.output import Failure, FailureKind

CONGESTION = frozenset({FailureKind.RATE_LIMIT, FailureKind.OVERLOADED, FailureKind.TIMEOUT})
"""What shows that more is sent than the provider can take."""
_TURNED_AWAY = frozenset({FailureKind.RATE_LIMIT, FailureKind.OVERLOADED})
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
LONGEST_PAUSE = 600.0
"""Seconds a server may ask to wait; one that asks for more is left for another day."""
TURNED_AWAY = 50
"""Times one request may be turned away while others get through, before it counts as failing."""


def backoff(strikes: int, dice: random.Random) -> float:
    """Seconds before the next attempt: doubling with every strike from half a second to half a minute, with a
    random part so that requests that failed together do not come back together."""
    ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(strikes, 1) - 1, 10))
    return ceiling * dice.uniform(0.5, 1.0)


class Patience:
    """How often one request is tried. Being turned away (429, 529) while others get through means only that it was
    not this one's turn, so it does not use up the ``attempts``."""

    def __init__(self, attempts: int) -> None:
        self._attempts = attempts
        self._turned_away = TURNED_AWAY
        self.strikes = 0
        """Attempts used up."""

    def again(self, failure: Failure, *, others_got_through: bool) -> bool:
        """Whether to try again after this failure."""
        if not failure.retryable:
            return False
        if failure.kind in _TURNED_AWAY and others_got_through and self._turned_away > 0:
            self._turned_away -= 1
        else:
            self.strikes += 1
        return self.strikes < self._attempts


class Pause:
    """A wait that the server asked for, kept by everybody who uses the endpoint."""

    def __init__(self) -> None:
        self._until = 0.0

    def extend(self, seconds: float, now: float) -> None:
        self._until = max(self._until, now + seconds)

    def left(self, now: float) -> float:
        """Seconds still to wait."""
        return max(0.0, self._until - now)
