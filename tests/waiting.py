"""How tests wait for an event. No test asserts how long anything takes: the limit only keeps a test from hanging."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE = 200.0
"""Seconds. Far more than anything takes on a busy machine."""


def until(condition: Callable[[], object]) -> None:
    """Block until the condition is true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "what the test waits for did not happen"
        time.sleep(0.01)


async def until_async(condition: Callable[[], object]) -> None:
    """Let the event loop run until the condition is true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "what the test waits for did not happen"
        await asyncio.sleep(0.01)
