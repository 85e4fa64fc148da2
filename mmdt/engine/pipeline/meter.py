"""Watches a run: a snapshot four times a second, what was spent into the store, and the outcome at the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import astuple

from mmdt.engine.endpoint.askable import Askable
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.pipeline.progress import NOT_WHOLE, End, Outcome, Progress, Speed, Tally
from mmdt.engine.store.writer import Writer

TICK = 0.25
"""Seconds between two snapshots."""


class Meter:
    """``show`` is called with every snapshot."""

    def __init__(
        self,
        tally: Tally,
        endpoint: Askable | None,
        budget: Budget | None,
        writer: Writer,
        show: Callable[[Progress], None] | None,
    ) -> None:
        self._tally = tally
        self._endpoint = endpoint
        self._budget = budget or Budget()
        self._writer = writer
        self._show = show
        self._began = time.monotonic()
        self._speed = Speed(self._began)

    @asynccontextmanager
    async def ticking(self, fail: Callable[[BaseException], None]) -> AsyncIterator[None]:
        """Ticks meanwhile, and once more at the end; what is raised in a tick goes to ``fail``."""
        ticker = asyncio.create_task(self._keep_ticking(fail))
        try:
            yield
        finally:
            ticker.cancel()
            self._tick()

    def outcome(self, end: End, reason: str) -> Outcome:
        """How it ended: complete only where nothing is left, whatever else was the matter."""
        snapshot = self._snapshot()
        shortfall = self._tally.shortfall()
        if not shortfall and snapshot.done == snapshot.total:
            return Outcome(End.COMPLETE, "", snapshot)
        if end is End.COMPLETE:
            return Outcome(End.INCOMPLETE, shortfall, snapshot)
        return Outcome(end, f"{reason}; {NOT_WHOLE}" if self._tally.loading else reason, snapshot)

    async def _keep_ticking(self, fail: Callable[[BaseException], None]) -> None:
        try:
            while True:
                self._tick()
                await asyncio.sleep(TICK)
        except Exception as error:
            fail(error)

    def _tick(self) -> None:
        for model, spent in self._budget.fresh().items():
            self._writer.spent(model, spent.requests, spent.usage)
        snapshot = self._snapshot()
        if self._show and (snapshot.total or not snapshot.loading):  # there is something to see
            self._show(snapshot)

    def _snapshot(self) -> Progress:
        now, counts, endpoint = time.monotonic(), self._tally.all(), self._endpoint
        rate = self._speed.mark(now, self._tally.worked)
        return Progress(
            *astuple(counts),
            cells=self._tally.cells(),
            loading=self._tally.loading,
            elapsed=now - self._began,
            rate=rate,
            eta=(counts.total - counts.done) / rate if rate and not self._tally.loading else None,
            cost=self._budget.cost,
            requests=self._budget.requests,
            in_flight=endpoint.in_flight if endpoint else 0,
            limit=endpoint.limit if endpoint else 0,
            paused=endpoint.paused if endpoint else 0.0,
        )
