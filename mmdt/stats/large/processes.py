"""Work by several processes: copies of this one, which see all that it holds.

A copy takes no time and shares the memory of what neither changes, so nothing is sent to it. What it finds comes back
as bytes.

Only on Linux, and only while no other thread of Python runs: a copy has none of the threads, but may have what they had
locked. Everywhere else, and where a copy fails, the same work is done here."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from selectors import EVENT_READ, DefaultSelector
from typing import TypeVar

import msgspec

Item = TypeVar("Item")
Sent = list[tuple[int, bytes]]
"""The numbers of items, each with its result."""

LARGE = 100_000
"""Outputs from which on several processes are quicker than one."""
MOST = 4
"""Processes: each has its own copy of what it changes, if only by looking at it."""
ITEMS = 1000
"""How many items are shared out: the numbers of more might not fit into a pipe. The others are left to this process."""
PATIENCE, TIMES = 60.0, 5
"""Seconds to wait for the others once there is no more to do here, and times as long as it took here, before their
work is done here: a copy may hang in a library that did not expect to be copied."""
_PLACE = 4
"""Bytes of an item's number."""
_CHUNK = 1 << 20


def processes() -> int:
    """How many may work at once: 1 where this process cannot be copied safely."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), MOST)


def spread(
    work: Callable[[Item], object], send: Callable[[Item], bytes], items: Sequence[Item], outputs: int
) -> list[tuple[Item, bytes]]:
    """Does all the work on ``items`` that are about many ``outputs``; returns those that others did, with their
    results.

    This process does its share with ``work``, which keeps the result; the others with ``send``, which returns it. What
    failed elsewhere is not returned: whoever needs it computes it here, as where nothing is shared out because the
    outputs are few. Items are begun in their order, so the longest should come first.
    """
    items, count = items[:ITEMS], min(processes(), len(items))
    if outputs < LARGE or count < 2:
        return []
    taken = _numbers(len(items))
    try:
        with _copies(count - 1, lambda: _done(send, items, taken)) as pipes:
            started = time.monotonic()
            for place in _next(taken):
                work(items[place])
            now = time.monotonic()
            last = now + PATIENCE + TIMES * (now - started)
            return [(items[place], found) for pipe in pipes for place, found in _read(pipe, last)]
    finally:
        os.close(taken)


def _numbers(count: int) -> int:
    """A pipe with the numbers of the items: each is read once, by whichever process is free."""
    read, write = os.pipe()
    with os.fdopen(write, "wb") as file:
        file.write(b"".join(place.to_bytes(_PLACE, "little") for place in range(count)))
    return read


def _next(taken: int) -> Iterator[int]:
    while place := os.read(taken, _PLACE):
        yield int.from_bytes(place, "little")


def _done(send: Callable[[Item], bytes], items: Sequence[Item], taken: int) -> Sent:
    found = []
    for place in _next(taken):
        with suppress(Exception):  # done again where it is needed, which is the place to report it
            found.append((place, send(items[place])))
    return found


@contextmanager
def _copies(count: int, results: Callable[[], Sent]) -> Iterator[list[int]]:
    """Processes that each write their ``results`` into a pipe. However the work here ends, they are gone afterwards."""
    running: dict[int, int] = {}
    gc.freeze()  # the collector does not write into what is shared
    try:
        with suppress(OSError):  # no more processes, or no memory for them: fewer do the work
            for _ in range(count):
                number, pipe = _copied(results)
                running[number] = pipe
        yield list(running.values())
    finally:
        gc.unfreeze()
        for number, pipe in running.items():
            os.close(pipe)
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(number, 0)


def _copied(results: Callable[[], Sent]) -> tuple[int, int]:
    """The number of a copy, and the pipe to read from. Raises OSError where there can be none."""
    read, write = os.pipe()
    try:
        number = os.fork()
    except OSError:
        os.close(read)
        os.close(write)
        raise
    if not number:
        _copy(write, results)
    os.close(write)
    return number, read


def _copy(pipe: int, results: Callable[[], Sent]) -> None:
    """The life of a copy. It ends here: nothing that the process would do at its own end is done twice."""
    try:
        gc.disable()
        with os.fdopen(pipe, "wb") as file:
            file.write(msgspec.msgpack.encode(results()))
    finally:
        os._exit(0)


def _read(pipe: int, last: float) -> Sent:
    """What a copy wrote; nothing where it was killed before it had done so, or has not done it by ``last``."""
    parts: list[bytes] = []
    with DefaultSelector() as selector:
        selector.register(pipe, EVENT_READ)
        while not parts or parts[-1]:
            if not selector.select(max(0.0, last - time.monotonic())):
                return []
            parts.append(os.read(pipe, _CHUNK))
    try:
        return msgspec.msgpack.decode(b"".join(parts), type=Sent)
    except msgspec.MsgspecError:
        return []
