"""Python's garbage collector while a large run is scored: a million rows that stay are not looked through again and
again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 50_000
"""New objects after which the collector looks for cycles: Python's own 700 take a seventh of the time of scoring."""


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """The collector looks for cycles less often; as before afterwards. For the whole process."""
    before = gc.get_threshold()
    if not 0 < before[0] < OBJECTS:  # off, or rare already
        yield
        return
    gc.set_threshold(OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
