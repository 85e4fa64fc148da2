"""Loading: cases go into the store of a run, and the first of them are asked before the last are there."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from mmdt.background import aside
from mmdt.core.case import Case
from mmdt.engine.errors import StopRun
from mmdt.engine.store.adding import Adder, NewCase, new_case
from mmdt.engine.store.store import Store
from mmdt.errors import MmdtError, StoreError

AHEAD = 1000
"""Data of so many cases is loaded whole before the first is asked: where it is bad, nothing has been spent. Of larger
data the first cases are asked as soon as more than these are there."""
DELAY = 0.02
"""Seconds in which the cases are read that are added in one transaction."""


class Loading:
    """The cases of one run on their way into its store, read in a thread.

    ``cases`` gives each with the number of times it is to be asked. Asking may begin when more than ``ahead`` are
    there, or all (None: only then). Just before, ``ready`` is called in the thread, to get ready what asks: two threads
    that both compute hold each other up. ``done`` is awaited when all cases are there, told how many.

    A run that was stopped meanwhile takes up its data from the start again. What it has must come again as it was, so
    that every answer stays with its case; where nothing was asked yet, what it has is dropped instead.
    """

    def __init__(
        self,
        cases: Iterable[tuple[Case, int]],
        store: Store,
        ready: Callable[[], None],
        done: Callable[[int], Awaitable[None]],
        *,
        ahead: int | None = AHEAD,
    ) -> None:
        self._cases = cases
        self._store = store
        self._ready = ready
        self._done = done
        self._ahead = ahead
        self._adder = _adder(store)
        self._waiting: deque[NewCase] = deque()
        self._may_begin = False
        self._stopped = False
        self._begun = asyncio.Event()
        self._news = asyncio.Event()
        self.whole = False
        self.error: MmdtError | None = None
        """What is wrong with the data, where it could not be read to its end."""

    async def run(self, added: Callable[[NewCase], None]) -> None:
        """Load to the end; ``added`` is called for every case that is new in the store.

        Raises StopRun where the data is bad or has changed: what is under way then is finished and kept. StoreError
        where the disk refuses.
        """
        try:
            await self._load(added)
        except StoreError:
            raise
        except MmdtError as error:
            self.error = error
            raise StopRun(str(error)) from error

    async def begun(self) -> None:
        """Returns when asking may begin."""
        await self._begun.wait()

    async def more(self) -> None:
        """Returns when cases were added, or all are there, since the last call."""
        await self._news.wait()
        self._news.clear()

    async def _load(self, added: Callable[[NewCase], None]) -> None:
        reading = asyncio.ensure_future(aside(self._read))
        try:
            while not reading.done():
                await asyncio.wait((reading,), timeout=DELAY)
                if reading.done():
                    reading.result()  # what is wrong with the data comes before what was read last
                self._add(added)
        finally:
            self._stopped = True
            reading.cancel()
        self._adder.end()
        await self._done(self._adder.count)
        self.whole = True
        self._news.set()
        self._begun.set()

    def _read(self) -> None:
        """In a thread, since reading and checking cases and storing their pictures takes time."""
        for number, (case, repeats) in enumerate(self._cases):
            self._waiting.append(new_case(case, repeats, self._store.artifacts))
            if number == self._ahead:
                self._ready()
                self._may_begin = True
            if self._stopped:
                return
        if not self._may_begin:
            self._ready()

    def _add(self, added: Callable[[NewCase], None]) -> None:
        """Add those that have been read."""
        chunk = [self._waiting.popleft() for _ in range(len(self._waiting))]
        with self._store.changing():
            new = self._adder.add(chunk)
        for each in new:
            added(each)
        if new:
            self._news.set()
        if self._may_begin:
            self._begun.set()


def _adder(store: Store) -> Adder:
    with store.changing() as db:
        if not store.asked:
            db.execute("DELETE FROM cases")
        return Adder(db, again=True)
