"""Remembers what was read in a text, since one reply is searched for many names in turn."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Read = TypeVar("Read")
LONG = 20_000
"""Characters from which on few texts are remembered, so that replies of any length do not fill the memory."""
FEW = 4


def remembered(most: int) -> Callable[[Callable[[str], Read]], Callable[[str], Read]]:
    """Remember the last ``most`` results of a pure function of one text, and the last few for long texts."""

    def decorate(read: Callable[[str], Read]) -> Callable[[str], Read]:
        short, long = lru_cache(maxsize=most)(read), lru_cache(maxsize=FEW)(read)

        @wraps(read)
        def found(text: str) -> Read:
            return short(text) if len(text) < LONG else long(text)

        return found

    return decorate
