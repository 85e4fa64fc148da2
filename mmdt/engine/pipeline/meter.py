"""Meter: four times a second, it shows a snapshot of the run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import astuple

from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.request_sender import RequestSender
from mmdt.engine.pipeline.progress import STILL_LOADING, End, Outcome, Progress, ProgressCounter, Speed

TICK = 0.25
"""Seconds between two snapshots."""


class Meter:
    """Reports the progress of a run and determines its outcome. ``show`` is called with every snapshot."""

    def __init__(
        self,
        counter: ProgressCounter,
        endpoint: RequestSender | None,
        budget: Budget,
        show: Callable[[Progress], None] | None,
    ) -> None:
        self._counter = counter
        self._endpoint = endpoint
        self._budget = budget
        self._show = show
        self._began = time.monotonic()
        self._speed = Speed(self._began)

    @asynccontextmanager
    async def ticking(self, fail: Callable[[BaseException], None]) -> AsyncIterator[None]:
        """Tick in the background, and once more at the end. ``fail`` is called with an exception raised by a tick."""
        ticker = asyncio.create_task(self._keep_ticking(fail))
        try:
            yield
        finally:
            ticker.cancel()
            self._tick()

    def outcome(self, end: End, reason: str) -> Outcome:
        """How the run ended. It is complete if and only if nothing is left to do, whatever else happened."""
        snapshot = self._snapshot()
        shortfall = self._counter.shortfall()
        if not shortfall and snapshot.done == snapshot.total:
            return Outcome(End.COMPLETE, "", snapshot)
        if end is End.COMPLETE:
            return Outcome(End.INCOMPLETE, shortfall, snapshot)
        return Outcome(end, f"{reason}; {STILL_LOADING}" if self._counter.loading else reason, snapshot)

    async def _keep_ticking(self, fail: Callable[[BaseException], None]) -> None:
        try:
            while True:
                self._tick()
                await asyncio.sleep(TICK)
        except Exception as error:
            fail(error)

    def _tick(self) -> None:
        snapshot = self._snapshot()
        if self._show and (snapshot.total or not snapshot.loading):  # there is something to show
            self._show(snapshot)

    def _snapshot(self) -> Progress:
        now, counts, endpoint = time.monotonic(), self._counter.all(), self._endpoint
        rate = self._speed.mark(now, self._counter.worked)
        return Progress(
            *astuple(counts),
            cells=self._counter.cells(),
            loading=self._counter.loading,
            elapsed=now - self._began,
            rate=rate,
            eta=(counts.total - counts.done) / rate if rate and not self._counter.loading else None,
            cost=self._budget.cost,
            requests=self._budget.requests,
            in_flight=endpoint.in_flight if endpoint else 0,
            limit=endpoint.limit if endpoint else 0,
            paused=endpoint.paused if endpoint else 0.0,
        )
