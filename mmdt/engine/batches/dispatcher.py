"""Dispatcher: which tasks wait for which answers, and which batches hold these answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mmdt.core.batch_api import BatchApi
from mmdt.core.output import FailureKind, Output, Usage
from mmdt.engine.batches.files import ResultFile
from mmdt.engine.batches.ledger import BatchLedger
from mmdt.engine.batches.tracker import BatchTracker, Pace
from mmdt.engine.endpoint.calls import clean
from mmdt.engine.errors import StopRun

YIELD_EVERY = 64
"""Answers delivered before the event loop gets a turn."""


class Dispatcher:
    """Delivers each answer to the tasks that wait for it, by the key of the request.

    Call ``start`` first, in the running loop, and ``close`` at the end. ``wait``: whether to wait for the batches to
    end. If not, the waiting tasks get ``AwaitingBatches`` once all batches are submitted.
    """

    def __init__(self, api: BatchApi, ledger: BatchLedger, model: str, pace: Pace, *, wait: bool) -> None:
        self._api = api
        self._ledger = ledger
        self._tracker = BatchTracker(api, ledger, model, pace, self, wait=wait)
        self._batch_of: dict[str, str] = {}
        self._results: dict[str, ResultFile] = {}
        self._unused: dict[str, set[str]] = {}
        self._lacks: dict[str, tuple[str, ...]] = {}
        self._waiting: dict[str, list[asyncio.Future[Output]]] = {}
        self._stopped: BaseException | None = None

    async def start(self) -> None:
        """Pick up the batches of earlier processes. Raises StoreError."""
        await self._tracker.start()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def note(self) -> str:
        """The state of the batches, for the progress display."""
        return self._tracker.note

    def knows(self, key: str) -> bool:
        """Whether the request is already in a batch."""
        return key in self._batch_of

    def post(self, key: str, line: bytes) -> None:
        """Add a request to a batch, unless it is in one already. Raises StopRun after a stop, StoreError on a disk
        error."""
        if self._stopped is not None:
            raise _fresh(self._stopped)
        if key not in self._batch_of:
            self._tracker.add(key, line)

    async def answer(self, key: str) -> Output:
        """Wait for the answer to a request that is in a batch. Raises StopRun after a stop, and StoreError."""
        if self._stopped is not None:
            raise _fresh(self._stopped)
        mark = self._batch_of[key]
        if mark in self._results:
            return await self._use(mark, key)
        future: asyncio.Future[Output] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        return await future

    def halt(self, reason: StopRun) -> None:
        """Submit no more requests; the batches that the provider has are still waited for."""
        for key in self._tracker.drop_unsubmitted():
            self._batch_of.pop(key, None)
            for future in self._waiting.pop(key, ()):
                _fail(future, reason)

    async def close(self, *, complete: bool) -> None:
        """Stop, and delete the batches whose answers are all used; if the run is ``complete``, all fetched ones."""
        await self._tracker.close()
        for mark, unused in self._unused.items():
            if complete or not unused:
                self._ledger.drop(mark)

    # Called by the tracker.

    def taken(self, mark: str, keys: Iterable[str]) -> None:
        self._batch_of |= dict.fromkeys(keys, mark)

    async def landed(self, mark: str, results: ResultFile, keys: Sequence[str]) -> None:
        self._results[mark] = results
        self._unused[mark] = {key for key in keys if key in results}
        self.lost(key for key in keys if key not in results)
        for number, key in enumerate(tuple(self._unused[mark])):
            if key in self._waiting:
                output = await self._use(mark, key)
                _share(self._waiting.pop(key), output)
            if number % YIELD_EVERY == 0:
                await asyncio.sleep(0)

    def lost(self, keys: Iterable[str]) -> None:
        what = "the batch ended without answering the request"
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
        output = clean(await self._api.read(self._results[mark].line(key)))
        return replace(output, left_out=self._left_out(mark))

    def _left_out(self, mark: str) -> tuple[str, ...]:
        """What the requests of a batch were sent without, also where an earlier process submitted it."""
        if mark not in self._lacks:
            self._lacks |= {record.mark: record.left_out for record in self._ledger.records()}
        return self._lacks.get(mark, ())


def _share(futures: Iterable[asyncio.Future[Output]], output: Output) -> None:
    """Give the answer to all who wait. Only the first gets its usage, so that the cost is counted once."""
    for future in futures:
        if not future.done():
            future.set_result(output)
            output = replace(output, usage=Usage())


def _fail(future: asyncio.Future[Output], error: BaseException) -> None:
    if not future.done():
        future.set_exception(_fresh(error))


def _fresh(error: BaseException) -> BaseException:
    return error.fresh() if isinstance(error, StopRun) else error
