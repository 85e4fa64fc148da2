"""Reads the usage that a reply reports. If a provider miscounts, the answer must not be lost and the budget must not
grow."""

from __future__ import annotations

from typing import Any

from mmdt.core.output import Usage
from mmdt.models.prices import Price

MOST = 10**12
"""Counts from here on are errors: no reply uses so many tokens."""


def count(value: Any) -> int | None:
    """A whole number >= 0, given as an integer, a float or digits; None for anything else (absent, negative)."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MOST:
        return None
    return int(value) if value == int(value) else None


def total(*values: Any) -> int | None:
    """The sum of counts; None if any of them is invalid."""
    counts = [count(value) for value in values]
    known = [each for each in counts if each is not None]
    return sum(known) if len(known) == len(counts) else None


def used(price: Price | None, input_tokens: int | None, output_tokens: int | None, images: int = 0) -> Usage:
    """The usage of a reply. Its cost is unknown if the price or a count is."""
    known = price is not None and input_tokens is not None and output_tokens is not None
    given, made = input_tokens or 0, output_tokens or 0
    return Usage(given, made, images, price.cost(given, made, images) if price and known else None)
