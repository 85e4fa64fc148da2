"""Handles SIGINT and SIGTERM while a run is going on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interrupts(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` in the running loop on the first of these signals, then restore the previous handlers, so that a
    second signal ends the program as usual.

    Does nothing outside the main thread, since Python delivers signals only there.
    """
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def restore() -> None:
        for number in _SIGNALS:
            if loop.remove_signal_handler(number):
                signal.signal(number, before[number])

    def first() -> None:
        restore()
        stop()

    try:
        for number in _SIGNALS:
            loop.add_signal_handler(number, first)
    except (ValueError, RuntimeError, NotImplementedError):
        yield
        return
    try:
        yield
    finally:
        restore()
