"""How many requests may be under way at once: as many as the provider keeps up with."""

from __future__ import annotations

import asyncio
from collections import deque

from mmdt.engine.errors import StopRun


class Aimd:
    """Additive increase, multiplicative decrease, with slow start; pure arithmetic, times in seconds.

    The rule by which TCP shares a line (Jacobson, Congestion Avoidance and Control, 1988): ``limit`` doubles with
    every round trip at first and later grows by one a round trip; it halves when the provider shows that it is too
    much, at most once a round trip, since all requests of that trip tell of the same congestion. It grows only
    while it is used (by half at least), and while answers take at most twice as long as they did at best: a
    server that merely queues more gains nothing from more.
    """

    SLOWER = 2.0
    SAMPLE = 8
    """Answers in a round trip at least, since a few alone say little about the time they take."""
    FORGET = 1.005
    """The best round is trusted a little less after every round, since later requests may be longer ones."""

    def __init__(self, start: int, ceiling: int) -> None:
        self.ceiling = max(1, ceiling)
        self._limit = float(min(max(1, start), self.ceiling))
        self._slow_start = True
        self._keeps_up = True
        self._last_cut = float("-inf")
        self._best = float("inf")
        self._round: list[float] = []
        self._round_size = self._next_size()

    @property
    def limit(self) -> int:
        """At least 1, at most the ceiling."""
        return int(self._limit)

    def succeeded(self, began: float, now: float, in_flight: int) -> None:
        """An answer came; ``in_flight`` requests, this one included, were under way when it did."""
        self._watch(now - began)
        if 2 * in_flight < self.limit or not self._keeps_up:
            return
        step = 1.0 if self._slow_start else 1.0 / self._limit
        self._limit = min(float(self.ceiling), self._limit + step)

    def congested(self, began: float, now: float) -> None:
        """The provider was too busy for a request sent at ``began`` (429, 529, a timeout)."""
        if began < self._last_cut:
            return
        self._last_cut = now
        self._slow_start = False
        self._limit = max(1.0, self._limit / 2)
        self._best = float("inf")  # learned anew: else requests that have become longer would keep the limit down

    def _watch(self, latency: float) -> None:
        self._round.append(latency)
        if len(self._round) < self._round_size:
            return
        mean = sum(self._round) / len(self._round)
        self._round.clear()
        self._round_size = self._next_size()
        self._best = min(mean, self._best * self.FORGET)
        self._keeps_up = mean <= self.SLOWER * self._best
        self._slow_start = self._slow_start and self._keeps_up

    def _next_size(self) -> int:
        return max(self.SAMPLE, self.limit)


class Slots:
    """Lets so many tasks in as ``rule`` allows at the moment; the others wait in the order of their coming."""

    def __init__(self, rule: Aimd) -> None:
        self.rule = rule
        self.taken = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    async def acquire(self) -> None:
        if self.taken < self.rule.limit and not self._queue:
            self.taken += 1
            return
        ticket = asyncio.get_running_loop().create_future()
        self._queue.append(ticket)
        try:
            await ticket
        except BaseException:
            if ticket.done() and not ticket.cancelled() and ticket.exception() is None:
                self.release()  # let in and cancelled in the same moment: the slot goes to the next
            raise

    def release(self) -> None:
        self.taken -= 1
        while self._queue and self.taken < self.rule.limit:
            ticket = self._queue.popleft()
            if not ticket.done():
                self.taken += 1
                ticket.set_result(None)

    def halt(self, reason: StopRun) -> None:
        """Turn away all who wait."""
        while self._queue:
            ticket = self._queue.popleft()
            if not ticket.done():
                ticket.set_exception(reason.fresh())
