"""Batches for what works best on several things at once: the next one fills while the last is worked on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

LETTING_GO = 0.3
"""Seconds that a call under way has for ending when it is cancelled."""
LINGER = 0.02
"""Seconds a batch that is not full waits for more; without it the first batch would hold a single item."""


class Batcher(Generic[T, R]):
    """Collects single items into calls of ``run``, at most ``size`` items each and ``workers`` calls at a time.

    ``size`` may be lowered at any time. An exception of ``run`` reaches everyone whose item was in the batch.
    """

    def __init__(self, run: Callable[[Sequence[T]], Awaitable[Sequence[R]]], size: int, workers: int) -> None:
        self.size = size
        self._run = run
        self._workers = workers
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._more = asyncio.Event()
        self._full = asyncio.Event()

    async def submit(self, item: T) -> R:
        """The result for one item. One whose caller is gone before its batch starts is left out."""
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._work()) for _ in range(self._workers)]
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._more.set()
        if len(self._waiting) >= self.size:
            self._full.set()
        return await future

    async def close(self) -> None:
        """Stop the workers; whoever still waits is cancelled."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LETTING_GO)
        self._tasks = []
        for _, future in self._waiting:
            future.cancel()
        self._waiting.clear()

    async def _work(self) -> None:
        while True:
            batch = await self._take()
            try:
                results = await self._run([item for item, _ in batch])
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
            except asyncio.CancelledError:
                for _, future in batch:
                    future.cancel()
                raise
            else:
                for (_, future), result in zip(batch, results, strict=True):
                    if not future.done():
                        future.set_result(result)

    async def _take(self) -> list[tuple[T, asyncio.Future[R]]]:
        batch: list[tuple[T, asyncio.Future[R]]] = []
        while not batch:
            await self._more.wait()
            if len(self._waiting) < self.size:
                await self._linger()
            while self._waiting and len(batch) < self.size:
                item, future = self._waiting.popleft()
                if not future.done():
                    batch.append((item, future))
            if not self._waiting:
                self._more.clear()
            if len(self._waiting) < self.size:
                self._full.clear()
        return batch

    async def _linger(self) -> None:
        timer = asyncio.get_running_loop().call_later(LINGER, self._full.set)
        await self._full.wait()
        timer.cancel()
