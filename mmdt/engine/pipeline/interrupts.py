"""SIGINT and SIGTERM as a wish to stop, for as long as a run goes on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interrupts(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` in the running loop on the first of either signal, and put back whatever handled them before: a
    second one ends the program as it usually would.

    Does nothing outside the main thread, where Python delivers no signals.
    """
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def put_back() -> None:
        for number in _SIGNALS:
            if loop.remove_signal_handler(number):
                signal.signal(number, before[number])

    def first() -> None:
        put_back()
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
        put_back()
