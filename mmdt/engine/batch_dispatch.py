"""Dispatch: gathers requests into batches, hands these over, and brings each answer to who waits for it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

import msgspec

from mmdt.core.batches import BatchApi, BatchState
from mmdt.core.output import Failure, FailureKind, Output, Usage
from mmdt.engine.batch_book import Book, Entry
from mmdt.engine.batch_file import Gathering, Results
from mmdt.engine.errors import Awaiting, EndpointDead, StopRun

LATER = 600.0
"""Seconds before what the provider turned away is handed over again, unless one of our batches ends sooner."""
A_FEW = 64
"""Answers given out before the loop gets a turn."""


class Pace(msgspec.Struct, frozen=True):
    """``most``: requests in one batch (None: as many as the provider takes). ``linger``: seconds without a new request
    after which the batch that is being gathered goes off. ``poll``: seconds between two looks at a batch."""

    most: int | None = None
    linger: float = 10.0
    poll: float = 60.0


class Dispatch:
    """The batches of one model. Call ``start`` first, in the loop that it works in, and ``close`` at the end.

    ``wait``: for the batches to end; otherwise whoever waits gets ``Awaiting`` as soon as all is handed over.
    """

    def __init__(self, api: BatchApi, book: Book, model: str, pace: Pace, *, wait: bool) -> None:
        self._api = api
        self._book = book
        self._model = model
        self._pace = pace
        self._wait = wait
        self._most = min(pace.most or api.most_requests, api.most_requests)
        self._entries: dict[str, Entry] = {}
        self._done: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._batch_of: dict[str, str] = {}
        self._results: dict[str, Results] = {}
        self._unused: dict[str, set[str]] = {}
        self._waiting: dict[str, list[asyncio.Future[Output]]] = {}
        self._gathering: Gathering | None = None
        self._queue: deque[Gathering] = deque()
        self._busy_at = 0.0
        self._stopped: BaseException | None = None
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Take up what an earlier process left, and begin to look after it. Raises StoreError."""
        now = self._busy_at = self._now()
        for entry in self._book.entries():
            self._entries[entry.mark] = entry
            keys = self._book.keys(entry.mark)
            self._batch_of |= dict.fromkeys(keys, entry.mark)
            self._due[entry.mark] = now
            if entry.landed:
                self._open_results(entry, Results(self._book.results(entry.mark), self._api.key), keys)
        self._keeper = asyncio.create_task(self._keep())

    @property
    def waiting(self) -> int:
        """How many answers are waited for."""
        return len(self._waiting)

    @property
    def note(self) -> str:
        """How the batches stand, in words."""
        under_way = [entry for entry in self._entries.values() if not entry.landed]
        if not under_way:
            return ""
        done, count = sum(self._done.get(each.mark, 0) for each in under_way), sum(each.count for each in under_way)
        what = "1 batch" if len(under_way) == 1 else f"{len(under_way)} batches"
        return f"{what} with the provider: {done:,} of {count:,} requests done"

    def knows(self, key: str) -> bool:
        """Whether the request is in a batch already."""
        return key in self._batch_of

    async def answer(self, key: str, line: bytes = b"") -> Output:
        """The answer to the request of that key; ``line`` is put into a batch where the request is in none.

        Raises StopRun where it cannot be had now, StoreError where the disk refuses.
        """
        if self._stopped is not None:
            raise _fresh(self._stopped)
        mark = self._batch_of.get(key)
        if mark is None:
            self._add(key, line)
        elif mark in self._results:
            return await self._use(mark, key)
        future: asyncio.Future[Output] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        return await future

    def halt(self, reason: StopRun) -> None:
        """Hand nothing more over; what the provider has is waited for."""
        for gathering in self._take_back():
            for key in gathering.keys:
                self._batch_of.pop(key, None)
                for future in self._waiting.pop(key, ()):
                    _fail(future, reason)

    async def close(self, *, complete: bool) -> None:
        """Stop looking after the batches. Those whose answers are all used are forgotten; if the run is ``complete``,
        all that have landed."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        self._take_back()
        for mark, entry in self._entries.items():
            if entry.landed and (complete or not self._unused.get(mark)):
                self._book.drop(mark)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    # Gathering and handing over.

    def _add(self, key: str, line: bytes) -> None:
        gathering = self._gathering
        if gathering and (len(gathering.keys) >= self._most or gathering.bytes + len(line) >= self._api.most_bytes):
            self._queue_up()
        if self._gathering is None:
            self._gathering = Gathering(self._book)
        self._gathering.add(key, line)
        self._batch_of[key] = self._gathering.mark
        self._busy_at = self._now()

    def _queue_up(self) -> None:
        if self._gathering is not None:
            self._gathering.finish()
            self._queue.append(self._gathering)
            self._gathering = None

    def _take_back(self) -> list[Gathering]:
        self._queue_up()
        taken = list(self._queue)
        self._queue.clear()
        for gathering in taken:
            gathering.discard()
        return taken

    async def _hand_over(self, gathering: Gathering) -> None:
        """The entry is on disk before the provider has the batch: whatever happens then, it can be found again."""
        mark, count = gathering.mark, len(gathering.keys)
        self._book.write_keys(mark, gathering.keys)
        entry = Entry(mark, self._model, count, time.time())
        self._book.write(entry)
        found = await self._api.submit(gathering.path, count, mark)
        if isinstance(found, Output) and _may_have_arrived(found):
            found = await self._api.find(mark, count, entry.began) or found
        if isinstance(found, str):
            self._queue.remove(gathering)
            self._took(msgspec.structs.replace(entry, batch=found))
            return
        failure = _failure(found)
        if not failure.retryable:
            raise EndpointDead(f"the provider does not take the batch: {failure.message}")
        self._book.drop_entry(mark)
        gathering.strikes += 1
        wait = failure.retry_after or min(LATER, self._pace.poll * 2.0**gathering.strikes)
        gathering.not_before = self._now() + wait

    def _took(self, entry: Entry) -> None:
        self._entries[entry.mark] = entry
        self._book.write(entry)
        self._due[entry.mark] = self._now() + self._pace.poll

    def _gather_again(self, entry: Entry) -> None:
        """The provider took none of the batch, since too much waits with it already: later, and in two halves."""
        keys = self._book.keys(entry.mark)
        self._most = max(1, min(self._most, len(keys) // 2))
        self._queue_up()
        before = len(self._queue)
        for key, line in zip(keys, self._book.request_lines(entry.mark), strict=False):
            self._add(key, line)
        self._queue_up()
        others = any(not each.landed for each in self._entries.values() if each.mark != entry.mark)
        for gathering in list(self._queue)[before:]:
            gathering.not_before = self._now() + (LATER if others else self._pace.poll)
        self._forget(entry)

    def _forget(self, entry: Entry) -> None:
        del self._entries[entry.mark], self._due[entry.mark]
        self._book.drop(entry.mark)

    # Looking after what was handed over.

    async def _keep(self) -> None:
        tick = max(0.01, min(1.0, self._pace.linger / 2, self._pace.poll / 2))
        try:
            while True:
                await self._turn()
                await asyncio.sleep(tick)
        except Exception as error:
            self._stop(error)

    async def _turn(self) -> None:
        quiet = self._now() - self._busy_at >= self._pace.linger
        if quiet:
            self._queue_up()
        for gathering in list(self._queue):
            if gathering.not_before <= self._now():
                await self._hand_over(gathering)
        for entry in [each for each in self._entries.values() if not each.landed]:
            if self._due[entry.mark] <= self._now():
                self._due[entry.mark] = self._now() + self._pace.poll
                await self._look(entry)
        if quiet and not self._wait and self._waiting and self._gathering is None:
            later = sum(len(gathering.keys) for gathering in self._queue)
            more = f"; {later:,} requests are still to be handed over" if later else ""
            raise Awaiting(f"{self.note or 'the provider is not ready for more'}{more}")

    async def _look(self, entry: Entry) -> None:
        if not entry.batch:
            await self._find(entry)
            return
        state = await self._api.look(entry.batch)
        if isinstance(state, Output):
            self._lost_or_later(entry, _failure(state))
        elif state.failure is not None and state.failure.retryable:
            self._gather_again(entry)
        elif state.failure is not None:
            self._forget(entry)
            raise EndpointDead(state.failure.message)
        else:
            await self._ended_or_not(entry, state)

    async def _ended_or_not(self, entry: Entry, state: BatchState) -> None:
        self._done[entry.mark] = state.done
        if not state.ended:
            return
        failed = await self._api.fetch(entry.batch, self._book.results(entry.mark))
        if failed is not None:
            self._lost_or_later(entry, _failure(failed))
            return
        landed = msgspec.structs.replace(entry, landed=True)
        self._entries[entry.mark] = landed
        self._book.write(landed)
        for waiting in self._queue:
            waiting.not_before = 0.0  # there is room with the provider again
        keys = self._book.keys(entry.mark)
        results = await asyncio.to_thread(Results, self._book.results(entry.mark), self._api.key)
        self._open_results(landed, results, keys)
        await self._give_out(entry.mark)

    async def _find(self, entry: Entry) -> None:
        found = await self._api.find(entry.mark, entry.count, entry.began)
        if isinstance(found, Output):
            self._lost_or_later(entry, _failure(found))
        elif found:
            self._took(msgspec.structs.replace(entry, batch=found))
            self._due[entry.mark] = self._now()
        else:
            self._lose(entry)

    def _lost_or_later(self, entry: Entry, failure: Failure) -> None:
        if failure.kind is FailureKind.NOT_FOUND:
            self._lose(entry)
        elif not failure.retryable:
            raise EndpointDead(failure.message)

    def _lose(self, entry: Entry) -> None:
        """The provider knows nothing of the batch, or no longer: its requests are asked anew."""
        keys = self._book.keys(entry.mark)
        self._forget(entry)
        for key in keys:
            self._expire(key)

    # Giving answers out.

    def _open_results(self, entry: Entry, results: Results, keys: Iterable[str]) -> None:
        self._results[entry.mark] = results
        self._unused[entry.mark] = set()
        for key in keys:
            if key in results:
                self._unused[entry.mark].add(key)
            else:
                self._expire(key)

    async def _give_out(self, mark: str) -> None:
        for number, key in enumerate(tuple(self._unused[mark])):
            if key in self._waiting:
                output = await self._use(mark, key)
                _share(self._waiting.pop(key), output)
            if number % A_FEW == 0:
                await asyncio.sleep(0)

    async def _use(self, mark: str, key: str) -> Output:
        self._unused[mark].discard(key)
        self._batch_of.pop(key, None)
        return await self._api.read(self._results[mark].line(key))

    def _expire(self, key: str) -> None:
        self._batch_of.pop(key, None)
        what = "the batch ended without an answer to the request"
        _share(self._waiting.pop(key, []), Output.failed(FailureKind.EXPIRED, what, retryable=True))

    def _stop(self, error: BaseException) -> None:
        self._stopped = error
        for futures in self._waiting.values():
            for future in futures:
                _fail(future, error)
        self._waiting.clear()


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


def _failure(output: Output) -> Failure:
    return output.failure or Failure(FailureKind.BUG, output.reason or "the provider's filter stopped the batch")


def _may_have_arrived(output: Output) -> bool:
    return _failure(output).kind in (
        FailureKind.TIMEOUT,
        FailureKind.NETWORK,
        FailureKind.SERVER,
        FailureKind.BAD_REPLY,
    )
