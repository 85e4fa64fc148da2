"""Whether to try a request again, and how long to wait first."""

from __future__ import annotations

import random

from mmdt.core.output import Failure, FailureKind

CONGESTION = frozenset({FailureKind.RATE_LIMIT, FailureKind.OVERLOADED, FailureKind.TIMEOUT})
"""Failures that mean: more is sent than the provider can handle."""
REJECTED = frozenset({FailureKind.RATE_LIMIT, FailureKind.OVERLOADED})
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
LONGEST_PAUSE = 600.0
"""The longest wait, in seconds, that a server may ask for. If it asks for more, the run stops and can be resumed."""
PATIENCE = 300.0
"""Seconds to wait out an endpoint that rejects everything: limits are per minute, and overload lasts for minutes."""
TIMEOUTS = 2
"""How often one request may time out. Each time takes the whole time limit, and may be billed without an answer."""
FREE_REJECTIONS = 50
"""How often one request may be rejected while others get through, before the rejections count as attempts."""


def backoff(used: int, dice: random.Random) -> float:
    """Seconds before the next attempt. They double with every attempt ``used`` up, from half a second to half a minute.
    A random factor keeps requests that failed together from coming back together."""
    ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(used, 1) - 1, 10))
    return ceiling * dice.uniform(0.5, 1.0)


class RetryCounter:
    """Counts the attempts of one request.

    A rejection (429, 529) while others get through only means that it was not this request's turn, so it does not use
    up an attempt. While nothing gets through, the provider is too busy for everybody, which passes: that is waited out
    for ``patience`` seconds before rejections count.
    """

    def __init__(self, attempts: int, patience: float = 0.0) -> None:
        self._attempts = attempts
        self._patience = patience
        self._free_rejections = FREE_REJECTIONS
        self._rejections = 0
        self._timeouts = 0
        self.used = 0
        """Attempts used up."""

    @property
    def waits(self) -> int:
        """How long to wait: by the attempts used up, and the rejections since others last got through."""
        return self.used + self._rejections

    def again(self, failure: Failure, *, others_got_through: bool, storm: float = float("inf")) -> bool:
        """Whether to try again after this failure. ``storm``: seconds since the endpoint began to reject everything."""
        self._timeouts += failure.kind is FailureKind.TIMEOUT
        if not failure.retryable or self._timeouts >= TIMEOUTS:
            return False
        if failure.kind is not FailureKind.UNSUPPORTED and failure.kind not in REJECTED:
            self.used += 1
        elif failure.kind in REJECTED and not others_got_through:
            self._rejections += 1
            return storm < self._patience or self.used + self._rejections < self._attempts
        elif self._free_rejections > 0:
            self._free_rejections -= 1
            self._rejections = 0
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
