"""Batches for what works best on several things at once: the next one fills while the last is worked on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

LETTING_GO = 0.3
"""Seconds that a call under way has for ending when it is cancelled."""
LINGER = 0.02
"""Seconds a batch that is not full waits for more; without it the first batch would hold a single item."""


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T, R]):
    item: T
    future: asyncio.Future[R]
    begun: Callable[[], None] | None


class Batcher(Generic[T, R]):
    """Collects single items into calls of ``run``, at most ``size`` items each and ``workers`` calls at a time.

    ``size`` may be lowered at any time. An exception of ``run`` reaches everyone whose item was in the batch. With
    ``length`` a batch is the item that has waited longest and those that are most like it in length: whatever is
    shorter than the longest of its batch is padded, which costs as much as if it were as long.
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

        One whose caller is gone before that is left out.
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
        """Stop the workers; whoever still waits is cancelled."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LETTING_GO)
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
        """The next batch, taken from those who wait; in the order in which they came."""
        there = [each for each in self._waiting if not each.future.done()]
        chosen = list(range(min(self.size, len(there))))
        if self._length is not None and len(there) > self.size:
            lengths = [self._length(each.item) for each in there]
            nearest = sorted(range(1, len(there)), key=lambda place: abs(lengths[place] - lengths[0]))
            chosen = sorted([0, *nearest[: self.size - 1]])
        taken = set(chosen)
        self._waiting = deque(each for place, each in enumerate(there) if place not in taken)
        return [there[place] for place in chosen]

    async def _linger(self) -> None:
        timer = asyncio.get_running_loop().call_later(LINGER, self._full.set)
        await self._full.wait()
        timer.cancel()
