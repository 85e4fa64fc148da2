"""Handles SIGINT, SIGTERM and SIGHUP while a run is going on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def interrupts(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` in the running loop on the first of these signals, then restore the previous handlers, so that a
    second signal ends the program as usual.

    One that is ignored stays ignored (``nohup`` ignores SIGHUP). Does nothing outside the main thread, since Python
    delivers signals only there.
    """
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    handled = [number for number in _SIGNALS if before[number] is not signal.SIG_IGN]

    def restore() -> None:
        for number in handled:
            if loop.remove_signal_handler(number):
                signal.signal(number, before[number])

    def first() -> None:
        restore()
        stop()

    try:
        for number in handled:
            loop.add_signal_handler(number, first)
    except (ValueError, RuntimeError, NotImplementedError):
        yield
        return
    try:
        yield
    finally:
        restore()
