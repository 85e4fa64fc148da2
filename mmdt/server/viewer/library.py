"""Pages that take a while to make, each made once for as long as what it shows is the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Event, Lock, Thread

from mmdt.core.image import Image
from mmdt.server.viewer.spool import Spool
from mmdt.server.viewer.working import Working

MOST_PAGES = 8
"""Pages that are kept; an older one is made again when somebody looks at it."""
AT_ONCE = 2
"""Pages that are made at the same time, so that a small run does not wait for a large one."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its parts and its pictures by number."""

    html: bytes
    spool: Spool
    pictures: Sequence[Image]


@dataclass
class Shelf:
    """A page that is made, or is being made. ``version`` is part of the addresses of its parts, so that a page in a
    browser never gets parts of a later one."""

    version: int
    state: object
    working: Working = field(default_factory=Working)
    ready: Event = field(default_factory=Event)
    page: Page | None = None
    error: Exception | None = None


class Library:
    """Threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._making = BoundedSemaphore(AT_ONCE)
        self._shelves: OrderedDict[tuple[str, int], Shelf] = OrderedDict()
        self._latest: dict[str, Shelf] = {}
        self._count = 0

    def ask(self, name: str, state: object, make: Callable[[int, Working], Page]) -> Shelf:
        """The page of that name and state; a thread begins to make it where there is none."""
        with self._lock:
            known = self._latest.get(name)
            if known is not None and known.state == state and known.error is None:
                return known
            if known is not None and not known.ready.is_set():
                return known  # it is being made: what changes meanwhile is shown the next time
            self._count += 1
            shelf = Shelf(self._count, state)
            self._latest[name] = shelf
            self._shelves[name, shelf.version] = shelf
            self._drop_old()
        Thread(target=self._make, args=(shelf, make), name="mmdt-view", daemon=True).start()
        return shelf

    def find(self, name: str, version: int) -> Page | None:
        """The page of that version, if it is still kept."""
        with self._lock:
            shelf = self._shelves.get((name, version))
            if shelf is not None:
                self._shelves.move_to_end((name, version))
        return shelf.page if shelf else None

    def _make(self, shelf: Shelf, make: Callable[[int, Working], Page]) -> None:
        with self._making:
            try:
                shelf.page = make(shelf.version, shelf.working)
            except Exception as error:
                shelf.error = error
        shelf.ready.set()

    def _drop_old(self) -> None:
        """Under the lock. A page that is being made is not dropped."""
        while len(self._shelves) > MOST_PAGES:
            key = next((key for key, each in self._shelves.items() if each.ready.is_set()), None)
            if key is None:
                return
            shelf = self._shelves.pop(key)
            if self._latest.get(key[0]) is shelf:
                del self._latest[key[0]]
            if shelf.page is not None:
                shelf.page.spool.close()
