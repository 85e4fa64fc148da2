"""Whether to try a request again, and how long to wait first."""

from __future__ import annotations

import random

from mmdt.core.output import Failure, FailureKind

CONGESTION = frozenset({FailureKind.RATE_LIMIT, FailureKind.OVERLOADED, FailureKind.TIMEOUT})
"""Failures that mean: more is sent than the provider can handle."""
_REJECTED = frozenset({FailureKind.RATE_LIMIT, FailureKind.OVERLOADED})
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
LONGEST_PAUSE = 600.0
"""The longest wait, in seconds, that a server may ask for. If it asks for more, the run stops and can be resumed."""
FREE_REJECTIONS = 50
"""How often one request may be rejected while others get through, before the rejections count as attempts."""


def backoff(used: int, dice: random.Random) -> float:
    """Seconds before the next attempt. They double with every attempt ``used`` up, from half a second to half a minute.
    A random factor keeps requests that failed together from coming back together."""
    ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(used, 1) - 1, 10))
    return ceiling * dice.uniform(0.5, 1.0)


class RetryCounter:
    """Counts the attempts of one request. A rejection (429, 529) while others get through only means that it was not
    this request's turn, so it does not use up an attempt. Nor does a field of the request that the server does not
    take: it is asked again without that field."""

    def __init__(self, attempts: int) -> None:
        self._attempts = attempts
        self._free_rejections = FREE_REJECTIONS
        self.used = 0
        """Attempts used up."""

    def again(self, failure: Failure, *, others_got_through: bool) -> bool:
        """Whether to try again after this failure."""
        if not failure.retryable:
            return False
        free = failure.kind is FailureKind.UNSUPPORTED or (failure.kind in _REJECTED and others_got_through)
        if free and self._free_rejections > 0:
            self._free_rejections -= 1
        else:
            self.used += 1
        return self.used < self._attempts


class Pause:
    """A wait that the server asked for. It holds for all requests of the endpoint."""

    def __init__(self) -> None:
        self._until = 0.0

    def extend(self, seconds: float, now: float) -> None:
        self._until = max(self._until, now + seconds)

    def left(self, now: float) -> float:
        """Seconds left."""
        return max(0.0, self._until - now)
