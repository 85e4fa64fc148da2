"""BatchTracker: collects requests into batches, submits them, checks their status and downloads their results."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from mmdt.core.batch_api import BatchApi, BatchState
from mmdt.core.output import Failure, FailureKind, Output
from mmdt.engine.batches.files import RequestFile, ResultFile
from mmdt.engine.batches.ledger import BatchLedger, BatchRecord
from mmdt.engine.errors import AwaitingBatches, EndpointDead

RESUBMIT_AFTER = 600.0
"""Seconds before a rejected batch is submitted again, unless another batch of ours ends sooner."""
MOST_FAILURES = 8
"""Failed attempts to submit one batch before the endpoint counts as dead."""


class Pace(msgspec.Struct, frozen=True):
    """``most``: requests in one batch (None: as many as the provider accepts). ``linger``: seconds without a new
    request after which the open batch is submitted. ``poll``: seconds between two status checks of a batch."""

    most: int | None = None
    linger: float = 10.0
    poll: float = 60.0


class BatchListener(Protocol):
    """Is called by the tracker when something happens to requests, which are named by their keys."""

    @property
    def waiting(self) -> int:
        """How many requests have a task waiting for the answer."""
        ...

    def taken(self, mark: str, keys: Iterable[str]) -> None:
        """The requests are in this batch."""
        ...

    async def landed(self, mark: str, results: ResultFile, keys: Sequence[str]) -> None:
        """The results of the batch are complete."""
        ...

    def lost(self, keys: Iterable[str]) -> None:
        """The requests are no longer in any batch and have no answer."""
        ...

    def stopped(self, error: BaseException) -> None:
        """The tracker has stopped because of ``error``: no more answers will come."""
        ...


class BatchTracker:
    """Submits the batches of one model, checks their status and downloads their results.

    ``wait``: whether to wait for the batches to end. If not, it stops with ``AwaitingBatches`` once all are submitted.
    """

    def __init__(
        self, api: BatchApi, ledger: BatchLedger, model: str, pace: Pace, listener: BatchListener, *, wait: bool
    ) -> None:
        self._api = api
        self._ledger = ledger
        self._model = model
        self._pace = pace
        self._listener = listener
        self._wait = wait
        self._most = min(pace.most or api.most_requests, api.most_requests)
        self._submitted: dict[str, BatchRecord] = {}
        self._done: dict[str, int] = {}
        self._check_at: dict[str, float] = {}
        self._open_file: RequestFile | None = None
        self._queue: deque[RequestFile] = deque()
        self._last_added = 0.0
        self._trouble = ""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Pick up the batches of earlier processes and start the background task. Raises StoreError."""
        self._last_added = self._now()
        for record in self._ledger.records():
            keys = self._ledger.keys(record.mark)
            self._listener.taken(record.mark, keys)
            if record.landed:
                await self._open(record)
            else:
                self._submitted[record.mark] = record
                self._check_at[record.mark] = self._last_added
        self._task = asyncio.create_task(self._run())

    @property
    def note(self) -> str:
        """The state of the batches, for the progress display."""
        count, done = sum(each.count for each in self._submitted.values()), sum(map(self._done_of, self._submitted))
        if not self._submitted:
            return self._trouble
        what = "1 batch" if len(self._submitted) == 1 else f"{len(self._submitted)} batches"
        trouble = f" ({self._trouble})" if self._trouble else ""
        return f"{what} at the provider: {done:,} of {count:,} requests done{trouble}"

    def add(self, key: str, line: bytes) -> None:
        """Add a request to the open batch. Raises StoreError."""
        file = self._open_file
        if file and (len(file.keys) >= self._most or file.bytes + len(line) >= self._api.most_bytes):
            self._close_open_file()
        if self._open_file is None:
            self._open_file = RequestFile(self._ledger)
        self._open_file.add(key, line)
        self._listener.taken(self._open_file.mark, (key,))
        self._last_added = self._now()

    def drop_unsubmitted(self) -> list[str]:
        """Drop all requests that are not submitted yet, and return their keys."""
        self._close_open_file()
        taken = list(self._queue)
        self._queue.clear()
        for file in taken:
            file.discard()
        return [key for file in taken for key in file.keys]

    async def close(self) -> None:
        """Stop. The provider keeps the batches it has."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self.drop_unsubmitted()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _done_of(self, mark: str) -> int:
        return self._done.get(mark, 0)

    async def _run(self) -> None:
        tick = max(0.01, min(1.0, self._pace.linger / 2, self._pace.poll / 2))
        try:
            while True:
                await self._step()
                await asyncio.sleep(tick)
        except Exception as error:
            self._listener.stopped(error)

    async def _step(self) -> None:
        quiet = self._now() - self._last_added >= self._pace.linger
        if quiet:
            self._close_open_file()
        for file in list(self._queue):
            if file.not_before <= self._now():
                await self._submit(file)
        for mark, record in list(self._submitted.items()):
            if self._check_at[mark] <= self._now():
                self._check_at[mark] = self._now() + self._pace.poll
                await self._check(record)
        if quiet and not self._wait and self._listener.waiting and self._open_file is None:
            later = sum(len(file.keys) for file in self._queue)
            more = f"; {later:,} requests are not submitted yet" if later else ""
            raise AwaitingBatches(f"{self.note or 'the provider is not ready for more'}{more}")

    # Submitting.

    def _close_open_file(self) -> None:
        if self._open_file is not None:
            self._open_file.finish()
            self._queue.append(self._open_file)
            self._open_file = None

    async def _submit(self, file: RequestFile) -> None:
        """Submit one batch. The record is written first, so that the batch is found again whatever happens then."""
        mark, count = file.mark, len(file.keys)
        self._ledger.write_keys(mark, file.keys)
        record = BatchRecord(mark, self._model, count, time.time(), left_out=self._api.left_out)
        self._ledger.write(record)
        found = await self._api.submit(file.path, count, mark)
        if isinstance(found, Output) and _may_have_arrived(found):
            found = await self._api.find(mark, count, record.began) or found
        if isinstance(found, str):
            self._queue.remove(file)
            self._confirm(msgspec.structs.replace(record, batch=found), self._now() + self._pace.poll)
            return
        self._ledger.drop_record(mark)
        failure = _failure(found)
        file.failures += 1
        if not failure.retryable or file.failures >= MOST_FAILURES:
            raise EndpointDead(f"the provider does not accept the batch: {failure.message}")
        self._trouble = failure.message
        wait = failure.retry_after or min(RESUBMIT_AFTER, self._pace.poll * 2.0**file.failures)
        file.not_before = self._now() + wait

    def _confirm(self, record: BatchRecord, due: float) -> None:
        self._trouble = ""
        self._submitted[record.mark] = record
        self._check_at[record.mark] = due
        self._ledger.write(record)

    def _resubmit(self, record: BatchRecord) -> None:
        """The provider's queue is full and it rejected the whole batch: submit it later, in two halves."""
        keys = self._ledger.keys(record.mark)
        self._most = max(1, min(self._most, len(keys) // 2))
        self._close_open_file()
        before = len(self._queue)
        for key, line in zip(keys, self._ledger.request_lines(record.mark), strict=False):
            self.add(key, line)
        self._close_open_file()
        self._forget(record)
        for file in list(self._queue)[before:]:
            file.not_before = self._now() + (RESUBMIT_AFTER if self._submitted else self._pace.poll)

    # Checking and fetching.

    async def _check(self, record: BatchRecord) -> None:
        if not record.batch:
            await self._find(record)
            return
        state = await self._api.look(record.batch)
        if isinstance(state, Output):
            self._retry_or_fail(record, _failure(state))
            return
        self._trouble = ""
        if state.failure is None:
            await self._handle_state(record, state)
        elif state.failure.retryable:
            self._resubmit(record)
        else:
            self._forget(record)
            raise EndpointDead(state.failure.message)

    async def _handle_state(self, record: BatchRecord, state: BatchState) -> None:
        self._done[record.mark] = state.done
        if not state.ended:
            return
        failed = await self._api.fetch(record.batch, self._ledger.results(record.mark))
        if failed is not None:
            self._retry_or_fail(record, _failure(failed))
            return
        del self._submitted[record.mark], self._check_at[record.mark]
        record = msgspec.structs.replace(record, landed=True)
        self._ledger.write(record)
        for waiting in self._queue:
            waiting.not_before = 0.0  # the provider has room again
        await self._open(record)

    async def _open(self, record: BatchRecord) -> None:
        results = await asyncio.to_thread(ResultFile, self._ledger.results(record.mark), self._api.key)
        await self._listener.landed(record.mark, results, self._ledger.keys(record.mark))

    async def _find(self, record: BatchRecord) -> None:
        found = await self._api.find(record.mark, record.count, record.began)
        if isinstance(found, Output):
            self._retry_or_fail(record, _failure(found))
        elif found:
            self._confirm(msgspec.structs.replace(record, batch=found), self._now())
        else:
            self._lose(record)

    def _retry_or_fail(self, record: BatchRecord, failure: Failure) -> None:
        if failure.kind is FailureKind.NOT_FOUND:
            self._lose(record)
        elif failure.retryable:
            self._trouble = failure.message
        else:
            raise EndpointDead(failure.message)

    def _lose(self, record: BatchRecord) -> None:
        """The provider does not know the batch (any more): its requests must be sent again."""
        keys = self._ledger.keys(record.mark)
        self._forget(record)
        self._listener.lost(keys)

    def _forget(self, record: BatchRecord) -> None:
        del self._submitted[record.mark], self._check_at[record.mark]
        self._ledger.drop(record.mark)


def _failure(output: Output) -> Failure:
    return output.failure or Failure(FailureKind.BUG, output.reason or "the provider's filter stopped the batch")


def _may_have_arrived(output: Output) -> bool:
    return _failure(output).kind in _UNCERTAIN


_UNCERTAIN = frozenset({FailureKind.TIMEOUT, FailureKind.NETWORK, FailureKind.SERVER, FailureKind.BAD_REPLY})
"""Failures after which the provider may still have accepted the batch."""
