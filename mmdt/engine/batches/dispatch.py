"""Dispatch: who waits for which answer, and what batches hold for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mmdt.core.batch_api import BatchApi
from mmdt.core.output import FailureKind, Output, Usage
from mmdt.engine.batches.book import Book
from mmdt.engine.batches.carrier import Carrier, Pace
from mmdt.engine.batches.file import Results
from mmdt.engine.errors import StopRun

A_FEW = 64
"""Answers given out before the loop gets a turn."""


class Dispatch:
    """Brings each answer to whoever waits for it, by the key of its request.

    Call ``start`` first, in the loop that it works in, and ``close`` at the end. ``wait``: for batches to end;
    otherwise whoever waits gets ``Awaiting`` as soon as all is handed over.
    """

    def __init__(self, api: BatchApi, book: Book, model: str, pace: Pace, *, wait: bool) -> None:
        self._api = api
        self._book = book
        self._carrier = Carrier(api, book, model, pace, self, wait=wait)
        self._batch_of: dict[str, str] = {}
        self._results: dict[str, Results] = {}
        self._unused: dict[str, set[str]] = {}
        self._waiting: dict[str, list[asyncio.Future[Output]]] = {}
        self._stopped: BaseException | None = None

    async def start(self) -> None:
        """Take up what an earlier process left. Raises StoreError."""
        await self._carrier.start()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def note(self) -> str:
        """How the batches stand, in words."""
        return self._carrier.note

    def knows(self, key: str) -> bool:
        """Whether the request is in a batch already."""
        return key in self._batch_of

    def post(self, key: str, line: bytes) -> None:
        """Put a request into a batch, unless it is in one. Raises StopRun where that is too late, StoreError where the
        disk refuses."""
        if self._stopped is not None:
            raise _fresh(self._stopped)
        if key not in self._batch_of:
            self._carrier.add(key, line)

    async def answer(self, key: str) -> Output:
        """The answer to a request that is in a batch. Raises StopRun where it cannot be had now, StoreError."""
        if self._stopped is not None:
            raise _fresh(self._stopped)
        mark = self._batch_of[key]
        if mark in self._results:
            return await self._use(mark, key)
        future: asyncio.Future[Output] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        return await future

    def halt(self, reason: StopRun) -> None:
        """Hand nothing more over; what the provider has is waited for."""
        for key in self._carrier.take_back():
            self._batch_of.pop(key, None)
            for future in self._waiting.pop(key, ()):
                _fail(future, reason)

    async def close(self, *, complete: bool) -> None:
        """Stop. Batches whose answers are all used are forgotten; if the run is ``complete``, all that have landed."""
        await self._carrier.close()
        for mark, unused in self._unused.items():
            if complete or not unused:
                self._book.drop(mark)

    # What the carrier tells.

    def taken(self, mark: str, keys: Iterable[str]) -> None:
        self._batch_of |= dict.fromkeys(keys, mark)

    async def landed(self, mark: str, results: Results, keys: Sequence[str]) -> None:
        self._results[mark] = results
        self._unused[mark] = {key for key in keys if key in results}
        self.lost(key for key in keys if key not in results)
        for number, key in enumerate(tuple(self._unused[mark])):
            if key in self._waiting:
                output = await self._use(mark, key)
                _share(self._waiting.pop(key), output)
            if number % A_FEW == 0:
                await asyncio.sleep(0)

    def lost(self, keys: Iterable[str]) -> None:
        what = "the batch ended without an answer to the request"
        for key in keys:
            self._batch_of.pop(key, None)
            _share(self._waiting.pop(key, []), Output.failed(FailureKind.EXPIRED, what, retryable=True))

    def stopped(self, error: BaseException) -> None:
        self._stopped = error
        for futures in self._waiting.values():
            for future in futures:
                _fail(future, error)
        self._waiting.clear()

    async def _use(self, mark: str, key: str) -> Output:
        self._unused[mark].discard(key)
        self._batch_of.pop(key, None)
        return await self._api.read(self._results[mark].line(key))


def _share(futures: Iterable[asyncio.Future[Output]], output: Output) -> None:
    """Everybody gets the answer, and one of them what it used."""
    for future in futures:
        if not future.done():
            future.set_result(output)
            output = replace(output, usage=Usage())


def _fail(future: asyncio.Future[Output], error: BaseException) -> None:
    if not future.done():
        future.set_exception(_fresh(error))


def _fresh(error: BaseException) -> BaseException:
    return error.fresh() if isinstance(error, StopRun) else error
