"""Starts the tasks of a run, and stops them: cleanly, quickly or at once, depending on the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from mmdt.engine.errors import AwaitingBatches, BudgetExceeded, StopRun
from mmdt.engine.pipeline.progress import End

GRACE = 0.7
"""Seconds that requests in flight have to finish after an interrupt: they are paid for."""
CANCEL_TIMEOUT = 0.3
"""Seconds that cancelled tasks have to end."""


class Supervisor:
    """All tasks of a run. ``halt`` is called once with the reason, when the run begins to stop."""

    def __init__(self, halt: Callable[[StopRun], None]) -> None:
        self.end = End.COMPLETE
        self.reason = ""
        self.error: BaseException | None = None
        self._halt = halt
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._hurry = asyncio.Event()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run ``work`` as a task; an exception in it stops the run."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        self._idle.clear()
        task.add_done_callback(self._ended)
        return task

    def interrupt(self) -> None:
        """The user wants the run to stop."""
        self._stop(End.INTERRUPTED, StopRun("interrupted"))

    async def run(self, feed: Coroutine[Any, Any, None]) -> None:
        """Run ``feed``, which starts further tasks, until all tasks have ended or the run is stopped.

        When the budget is used up or the endpoint is dead, requests in flight are finished. After an interrupt they get
        ``GRACE`` seconds. After an error nothing is waited for, and the error is raised.
        """
        feeder = self.start(feed)
        try:
            await _any(self._idle, self._stopping)
            feeder.cancel()
            await _any(self._idle, self._hurry)
            if self.error is None:
                await _any(self._idle, timeout=GRACE)
        finally:
            await self._cancel_all()
        if self.error:
            raise self.error

    def fail(self, error: BaseException) -> None:
        """Stop the run because of an exception: a ``StopRun`` or an error."""
        if isinstance(error, BudgetExceeded):
            self._stop(End.BUDGET, error)
        elif isinstance(error, AwaitingBatches):
            self._stop(End.AWAITING, error)
        elif isinstance(error, StopRun):
            self._stop(End.INCOMPLETE, error)
        else:
            self.error = self.error or error
            self._hurry.set()
            self._stop(End.INCOMPLETE, StopRun(str(error)))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.fail(error)
        if not self._tasks:
            self._idle.set()

    def _stop(self, end: End, why: StopRun) -> None:
        if end is End.INTERRUPTED:
            self._hurry.set()
        elif self.end is not End.COMPLETE:
            return  # the first reason counts
        self.end, self.reason = end, str(why)
        self._halt(why)
        self._stopping.set()

    async def _cancel_all(self) -> None:
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CANCEL_TIMEOUT)


async def _any(*events: asyncio.Event, timeout: float | None = None) -> None:  # noqa: ASYNC109
    """Wait until one of the events is set, at most ``timeout`` seconds."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
