"""A virtual clock for asyncio: time jumps to the next timer whenever the event loop has nothing else to do.

Tests of waiting become exact and fast, and do not depend on how busy the machine is. Only for code that runs entirely
in the loop: the clock does not wait for threads, processes or sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any


class VirtualClock:
    """Stands in for the module ``time`` where the code under test uses ``time.monotonic()``."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@contextlib.contextmanager
def virtual(loop: Any) -> Iterator[VirtualClock]:
    """Let a selector event loop run on virtual time."""
    clock = VirtualClock()
    selector = loop._selector
    select = selector.select

    def leap(timeout: float | None = None) -> Any:
        ready = select(0 if timeout is not None else None)
        if timeout and not ready:
            clock.now += timeout
        return ready

    selector.select = leap
    loop.time = clock.monotonic
    try:
        yield clock
    finally:
        del selector.select, loop.time


async def settle() -> None:
    """Let every task run as far as it can without time passing."""
    for _ in range(50):
        await asyncio.sleep(0)
