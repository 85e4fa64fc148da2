"""Batches for models and evaluators that work best on several items at once. One fills while another is processed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

CANCEL_TIMEOUT = 0.3
"""Seconds that a cancelled call has to end."""
LINGER = 0.02
"""Seconds that a batch waits to fill up. Without it the first batch would hold a single item."""


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T, R]):
    item: T
    future: asyncio.Future[R]
    begun: Callable[[], None] | None


class Batcher(Generic[T, R]):
    """Collects single items into calls of ``run``: at most ``size`` items per call, ``workers`` calls at a time.

    ``size`` may be lowered at any time. An exception from ``run`` is raised for every item of the batch. With
    ``length``, a batch is the item that has waited longest and the items closest to it in length: padding makes short
    items cost as much as the longest of their batch.
    """

    def __init__(
        self,
        run: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        size: int,
        workers: int,
        *,
        length: Callable[[T], float] | None = None,
    ) -> None:
        self.size = size
        self._length = length
        self._run = run
        self._workers = workers
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: deque[_Waiting[T, R]] = deque()
        self._more = asyncio.Event()
        self._full = asyncio.Event()

    async def submit(self, item: T, begun: Callable[[], None] | None = None) -> R:
        """The result for one item; ``begun`` is called when its batch starts.

        If the caller is cancelled before that, the item is dropped.
        """
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._work()) for _ in range(self._workers)]
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, future, begun))
        self._more.set()
        if len(self._waiting) >= self.size:
            self._full.set()
        return await future

    async def close(self) -> None:
        """Stop the workers and cancel all callers that still wait."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CANCEL_TIMEOUT)
        self._tasks = []
        for each in self._waiting:
            each.future.cancel()
        self._waiting.clear()

    async def _work(self) -> None:
        while True:
            batch = await self._take()
            try:
                results = await self._run([each.item for each in batch])
            except Exception as error:
                for each in batch:
                    if not each.future.done():
                        each.future.set_exception(error)
            except asyncio.CancelledError:
                for each in batch:
                    each.future.cancel()
                raise
            else:
                for each, result in zip(batch, results, strict=True):
                    if not each.future.done():
                        each.future.set_result(result)

    async def _take(self) -> list[_Waiting[T, R]]:
        batch: list[_Waiting[T, R]] = []
        while not batch:
            await self._more.wait()
            if len(self._waiting) < self.size:
                await self._linger()
            batch = self._pick()
            if not self._waiting:
                self._more.clear()
            if len(self._waiting) < self.size:
                self._full.clear()
        for each in batch:
            if each.begun:
                each.begun()
        return batch

    def _pick(self) -> list[_Waiting[T, R]]:
        """Remove the next batch from the queue; its items stay in order of arrival."""
        waiting = [each for each in self._waiting if not each.future.done()]
        chosen = list(range(min(self.size, len(waiting))))
        if self._length is not None and len(waiting) > self.size:
            lengths = [self._length(each.item) for each in waiting]
            nearest = sorted(range(1, len(waiting)), key=lambda index: abs(lengths[index] - lengths[0]))
            chosen = sorted([0, *nearest[: self.size - 1]])
        taken = set(chosen)
        self._waiting = deque(each for index, each in enumerate(waiting) if index not in taken)
        return [waiting[index] for index in chosen]

    async def _linger(self) -> None:
        timer = asyncio.get_running_loop().call_later(LINGER, self._full.set)
        await self._full.wait()
        timer.cancel()
