"""Carrier: gathers requests into batches, hands these over, looks after them and fetches what came of them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from mmdt.core.batch_api import BatchApi, BatchState
from mmdt.core.output import Failure, FailureKind, Output
from mmdt.engine.batches.book import Book, Entry
from mmdt.engine.batches.file import Gathering, Results
from mmdt.engine.errors import Awaiting, EndpointDead

LATER = 600.0
"""Seconds before what the provider turned away is handed over again, unless one of our batches ends sooner."""
REFUSED = 8
"""Times in a row that a batch cannot be handed over before the endpoint counts as dead."""


class Pace(msgspec.Struct, frozen=True):
    """``most``: requests in one batch (None: as many as the provider takes). ``linger``: seconds without a new request
    after which the batch that is being gathered goes off. ``poll``: seconds between two looks at a batch."""

    most: int | None = None
    linger: float = 10.0
    poll: float = 60.0


class Receiver(Protocol):
    """Who the carrier tells what becomes of requests, by their keys."""

    @property
    def waiting(self) -> int:
        """How many answers are waited for."""
        ...

    def taken(self, mark: str, keys: Iterable[str]) -> None:
        """The requests are in the batch of that mark."""
        ...

    async def landed(self, mark: str, results: Results, keys: Sequence[str]) -> None:
        """All that will ever come of the batch is there."""
        ...

    def lost(self, keys: Iterable[str]) -> None:
        """The requests are in no batch any more, and have no answer."""
        ...

    def stopped(self, error: BaseException) -> None:
        """Nothing will come any more, and why."""
        ...


class Carrier:
    """The batches of one model, on their way to the provider and back.

    ``wait``: for the batches to end; otherwise it stops with ``Awaiting`` as soon as all is handed over.
    """

    def __init__(self, api: BatchApi, book: Book, model: str, pace: Pace, to: Receiver, *, wait: bool) -> None:
        self._api = api
        self._book = book
        self._model = model
        self._pace = pace
        self._to = to
        self._wait = wait
        self._most = min(pace.most or api.most_requests, api.most_requests)
        self._under_way: dict[str, Entry] = {}
        self._done: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._gathering: Gathering | None = None
        self._queue: deque[Gathering] = deque()
        self._busy_at = 0.0
        self._trouble = ""
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what an earlier process left, and begin to look after it. Raises StoreError."""
        self._busy_at = self._now()
        for entry in self._book.entries():
            keys = self._book.keys(entry.mark)
            self._to.taken(entry.mark, keys)
            if entry.landed:
                await self._open(entry)
            else:
                self._under_way[entry.mark] = entry
                self._due[entry.mark] = self._busy_at
        self._keeper = asyncio.create_task(self._keep())

    @property
    def note(self) -> str:
        """How the batches stand, in words."""
        count, done = sum(each.count for each in self._under_way.values()), sum(map(self._done_of, self._under_way))
        if not self._under_way:
            return self._trouble
        what = "1 batch" if len(self._under_way) == 1 else f"{len(self._under_way)} batches"
        trouble = f" ({self._trouble})" if self._trouble else ""
        return f"{what} with the provider: {done:,} of {count:,} requests done{trouble}"

    def add(self, key: str, line: bytes) -> None:
        """Put a request into the batch that is being gathered. Raises StoreError."""
        gathering = self._gathering
        if gathering and (len(gathering.keys) >= self._most or gathering.bytes + len(line) >= self._api.most_bytes):
            self._queue_up()
        if self._gathering is None:
            self._gathering = Gathering(self._book)
        self._gathering.add(key, line)
        self._to.taken(self._gathering.mark, (key,))
        self._busy_at = self._now()

    def take_back(self) -> list[str]:
        """The keys of the requests that are not handed over yet; they will not be."""
        self._queue_up()
        taken = list(self._queue)
        self._queue.clear()
        for gathering in taken:
            gathering.discard()
        return [key for gathering in taken for key in gathering.keys]

    async def close(self) -> None:
        """Stop looking after the batches; the provider keeps them."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        self.take_back()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _done_of(self, mark: str) -> int:
        return self._done.get(mark, 0)

    async def _keep(self) -> None:
        tick = max(0.01, min(1.0, self._pace.linger / 2, self._pace.poll / 2))
        try:
            while True:
                await self._turn()
                await asyncio.sleep(tick)
        except Exception as error:
            self._to.stopped(error)

    async def _turn(self) -> None:
        quiet = self._now() - self._busy_at >= self._pace.linger
        if quiet:
            self._queue_up()
        for gathering in list(self._queue):
            if gathering.not_before <= self._now():
                await self._hand_over(gathering)
        for mark, entry in list(self._under_way.items()):
            if self._due[mark] <= self._now():
                self._due[mark] = self._now() + self._pace.poll
                await self._look(entry)
        if quiet and not self._wait and self._to.waiting and self._gathering is None:
            later = sum(len(gathering.keys) for gathering in self._queue)
            more = f"; {later:,} requests are still to be handed over" if later else ""
            raise Awaiting(f"{self.note or 'the provider is not ready for more'}{more}")

    # On the way to the provider.

    def _queue_up(self) -> None:
        if self._gathering is not None:
            self._gathering.finish()
            self._queue.append(self._gathering)
            self._gathering = None

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
            self._took(msgspec.structs.replace(entry, batch=found), self._now() + self._pace.poll)
            return
        self._book.drop_entry(mark)
        failure = _failure(found)
        gathering.strikes += 1
        if not failure.retryable or gathering.strikes >= REFUSED:
            raise EndpointDead(f"the provider does not take the batch: {failure.message}")
        self._trouble = failure.message
        wait = failure.retry_after or min(LATER, self._pace.poll * 2.0**gathering.strikes)
        gathering.not_before = self._now() + wait

    def _took(self, entry: Entry, due: float) -> None:
        self._trouble = ""
        self._under_way[entry.mark] = entry
        self._due[entry.mark] = due
        self._book.write(entry)

    def _hand_over_again(self, entry: Entry) -> None:
        """The provider took none of the batch, since too much waits with it already: later, and in two halves."""
        keys = self._book.keys(entry.mark)
        self._most = max(1, min(self._most, len(keys) // 2))
        self._queue_up()
        before = len(self._queue)
        for key, line in zip(keys, self._book.request_lines(entry.mark), strict=False):
            self.add(key, line)
        self._queue_up()
        self._forget(entry)
        for gathering in list(self._queue)[before:]:
            gathering.not_before = self._now() + (LATER if self._under_way else self._pace.poll)

    # On the way back.

    async def _look(self, entry: Entry) -> None:
        if not entry.batch:
            await self._find(entry)
            return
        state = await self._api.look(entry.batch)
        if isinstance(state, Output):
            self._lost_or_later(entry, _failure(state))
            return
        self._trouble = ""
        if state.failure is None:
            await self._ended_or_not(entry, state)
        elif state.failure.retryable:
            self._hand_over_again(entry)
        else:
            self._forget(entry)
            raise EndpointDead(state.failure.message)

    async def _ended_or_not(self, entry: Entry, state: BatchState) -> None:
        self._done[entry.mark] = state.done
        if not state.ended:
            return
        failed = await self._api.fetch(entry.batch, self._book.results(entry.mark))
        if failed is not None:
            self._lost_or_later(entry, _failure(failed))
            return
        del self._under_way[entry.mark], self._due[entry.mark]
        entry = msgspec.structs.replace(entry, landed=True)
        self._book.write(entry)
        for waiting in self._queue:
            waiting.not_before = 0.0  # there is room with the provider again
        await self._open(entry)

    async def _open(self, entry: Entry) -> None:
        results = await asyncio.to_thread(Results, self._book.results(entry.mark), self._api.key)
        await self._to.landed(entry.mark, results, self._book.keys(entry.mark))

    async def _find(self, entry: Entry) -> None:
        found = await self._api.find(entry.mark, entry.count, entry.began)
        if isinstance(found, Output):
            self._lost_or_later(entry, _failure(found))
        elif found:
            self._took(msgspec.structs.replace(entry, batch=found), self._now())
        else:
            self._lose(entry)

    def _lost_or_later(self, entry: Entry, failure: Failure) -> None:
        if failure.kind is FailureKind.NOT_FOUND:
            self._lose(entry)
        elif failure.retryable:
            self._trouble = failure.message
        else:
            raise EndpointDead(failure.message)

    def _lose(self, entry: Entry) -> None:
        """The provider knows nothing of the batch, or no longer: its requests are asked anew."""
        keys = self._book.keys(entry.mark)
        self._forget(entry)
        self._to.lost(keys)

    def _forget(self, entry: Entry) -> None:
        del self._under_way[entry.mark], self._due[entry.mark]
        self._book.drop(entry.mark)


def _failure(output: Output) -> Failure:
    return output.failure or Failure(FailureKind.BUG, output.reason or "the provider's filter stopped the batch")


def _may_have_arrived(output: Output) -> bool:
    return _failure(output).kind in _UNCERTAIN


_UNCERTAIN = frozenset({FailureKind.TIMEOUT, FailureKind.NETWORK, FailureKind.SERVER, FailureKind.BAD_REPLY})
"""What may have gone wrong after the provider took the batch."""
