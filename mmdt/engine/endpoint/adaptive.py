"""Adaptive concurrency: as many requests in flight as the provider can handle."""

from __future__ import annotations

import asyncio
from collections import deque

from mmdt.engine.errors import StopRun


class Aimd:
    """Additive increase, multiplicative decrease, with slow start; pure arithmetic, times in seconds.

    TCP's rule for sharing a line (Jacobson, Congestion Avoidance and Control, 1988): ``limit`` first doubles with every
    round trip and later grows by one per round trip. It halves when the provider signals congestion, at most once per
    round trip, since all requests of that trip report the same congestion. It grows only while at least half of it is
    used, and while answers take at most twice as long as in the best round: beyond that the server only queues.
    """

    SLOWER = 2.0
    SAMPLE = 8
    """Minimum number of answers in a round: the mean latency of fewer says little."""
    FORGET = 1.005
    """The best latency is raised by this factor after every round, since later requests may be longer."""

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
        """From 1 to the ceiling."""
        return int(self._limit)

    def succeeded(self, began: float, now: float, in_flight: int) -> None:
        """An answer arrived; ``in_flight`` requests were in flight at that moment, including this one."""
        self._watch(now - began)
        if 2 * in_flight < self.limit or not self._keeps_up:
            return
        step = 1.0 if self._slow_start else 1.0 / self._limit
        self._limit = min(float(self.ceiling), self._limit + step)

    def congested(self, began: float, now: float) -> None:
        """The provider was too busy for a request sent at ``began`` (429, 529 or a timeout)."""
        if began < self._last_cut:
            return
        self._last_cut = now
        self._slow_start = False
        self._limit = max(1.0, self._limit / 2)
        self._best = float(
            "inf"
        )  # measure again: if requests have become longer, the old value would keep the limit down

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
    """A semaphore whose size is the current limit of ``rule``. Tasks wait in order of arrival."""

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
                self.release()  # admitted and cancelled at the same moment: pass the slot on
            raise

    def release(self) -> None:
        self.taken -= 1
        while self._queue and self.taken < self.rule.limit:
            ticket = self._queue.popleft()
            if not ticket.done():
                self.taken += 1
                ticket.set_result(None)

    def halt(self, reason: StopRun) -> None:
        """Raise ``reason`` in all tasks that are waiting."""
        while self._queue:
            ticket = self._queue.popleft()
            if not ticket.done():
                ticket.set_exception(reason.fresh())
