"""CaseLoader: loads cases into the store of a run. The first requests are sent before the last cases are loaded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Semaphore

from mmdt.background import run_in_thread
from mmdt.core.case import Case
from mmdt.engine.errors import StopRun
from mmdt.engine.store.insert import CaseInserter, NewCase, new_case
from mmdt.engine.store.store import Store
from mmdt.errors import MmdtError, StoreError

AHEAD = 1000
"""Data of up to this many cases is loaded completely before the first request: if it is bad, nothing has been spent.
With larger data, requests start once more cases than this are loaded."""
DELAY = 0.02
"""Seconds between transactions; each adds the cases that were read meanwhile."""
STORING = 2
"""Threads that store pictures while the next cases are read: creating a file is slow on some disks. More of them take
the interpreter from the one that reads."""
UNSTORED = 32
"""Cases that are read and not stored yet, at most: their pictures are in memory."""


class CaseLoader:
    """Reads the cases of one run in a thread and adds them to its store.

    ``cases`` yields each case with its number of repeats. Requests may start when more than ``ahead`` cases are loaded,
    or all of them (None: only then). Just before, ``ready`` is called in the thread to prepare the model: two threads
    that compute at the same time slow each other down. ``done`` is awaited with the number of cases when all are
    loaded and on the disk; with ``wait`` requests start only after it.

    A resumed run reads its data from the start again. The cases it already has must come again unchanged, so that every
    answer stays with its case. If nothing has been asked yet, the old cases are deleted instead.
    """

    def __init__(
        self,
        cases: Iterable[tuple[Case, int]],
        store: Store,
        ready: Callable[[], None],
        done: Callable[[int], Awaitable[None]],
        *,
        ahead: int | None = AHEAD,
        wait: bool = False,
    ) -> None:
        self._cases = cases
        self._store = store
        self._ready = ready
        self._done = done
        self._ahead = ahead
        self._wait = wait
        self._inserter = _inserter(store)
        self._waiting: deque[Future[NewCase]] = deque()
        self._unstored = Semaphore(UNSTORED)
        self._may_begin = False
        self._stopped = False
        self._begun = asyncio.Event()
        self._news = asyncio.Event()
        self.whole = False
        self.error: MmdtError | None = None
        """What is wrong with the data, if it could not be read to its end."""

    async def run(self, added: Callable[[NewCase], None]) -> None:
        """Load all cases; ``added`` is called for every case that is new in the store.

        Raises StopRun if the data is bad or has changed (requests in flight are then finished and stored), StoreError
        on a disk error.
        """
        try:
            await self._load(added)
        except StoreError:
            raise
        except MmdtError as error:
            self.error = error
            raise StopRun(str(error)) from error

    async def begun(self) -> None:
        """Wait until requests may start."""
        await self._begun.wait()

    async def more(self) -> None:
        """Wait until cases were added since the last call, or all are loaded."""
        await self._news.wait()
        self._news.clear()

    async def _load(self, added: Callable[[NewCase], None]) -> None:
        reading = asyncio.ensure_future(run_in_thread(self._read))
        try:
            while not reading.done():
                await asyncio.wait((reading,), timeout=DELAY)
                if reading.done():
                    reading.result()  # raises an error in the data before the last cases are added
                self._add(added)
        finally:
            self._stopped = True
            reading.cancel()
        self._inserter.end()
        if not self._wait:
            self._begun.set()  # until the manifest says that all are loaded, a run that is killed reads its data again
        await run_in_thread(self._store.make_durable)
        await self._done(self._inserter.count)
        self.whole = True
        self._news.set()
        self._begun.set()

    def _read(self) -> None:
        """Runs in a thread, since reading and checking cases and storing their pictures takes time."""
        with ThreadPoolExecutor(STORING, "mmdt-storing") as pool:
            for number, (case, repeats) in enumerate(self._cases):
                self._unstored.acquire()
                self._waiting.append(pool.submit(self._new_case, case, repeats))
                if number == self._ahead:
                    self._ready()
                    self._may_begin = True
                if self._stopped:
                    return
        if not self._may_begin:
            self._ready()

    def _new_case(self, case: Case, repeats: int) -> NewCase:
        try:
            return new_case(case, repeats, self._store.artifacts)
        finally:
            self._unstored.release()

    def _add(self, added: Callable[[NewCase], None]) -> None:
        """Add the cases that have been read and whose pictures are stored, in their order."""
        chunk = []
        while self._waiting and self._waiting[0].done():
            chunk.append(self._waiting.popleft().result())
        with self._store.changing():
            new = self._inserter.add(chunk)
        for each in new:
            added(each)
        if new:
            self._news.set()
        if self._may_begin:
            self._begun.set()


def _inserter(store: Store) -> CaseInserter:
    with store.changing() as db:
        if not store.asked:
            db.execute("DELETE FROM cases")
        return CaseInserter(db, again=True)
