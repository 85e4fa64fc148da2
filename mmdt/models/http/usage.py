"""Reads the usage that a reply reports. If a provider miscounts, the answer must not be lost and the budget must not
grow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mmdt.core.output import Usage
from mmdt.models.prices import NO_DETAILS, Details, Price

MOST = 10**12
"""Counts from here on are errors: no reply uses as many tokens."""
TICKS = 10_000_000_000
"""xAI's ticks in a dollar (docs.x.ai, cost tracking)."""
MOST_EXPENSIVE = 1_000_000.0
"""Dollars from which a reported cost is an error."""


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


def entries(usage: Any) -> Mapping[str, Any]:
    """The fields of a usage object. Servers also send null, a list or a text there, which say nothing."""
    return usage if isinstance(usage, Mapping) else {}


def openai_details(usage: Any) -> Details:
    """The parts of the usage that have prices of their own, in the dialect of OpenAI: chat, responses and images.

    Gateways also use the names of Anthropic (LiteLLM), DeepSeek and Moonshot.
    """
    fields = entries(usage)
    given = entries(fields.get("prompt_tokens_details") or fields.get("input_tokens_details"))
    made = entries(fields.get("completion_tokens_details") or fields.get("output_tokens_details"))
    read = (given.get("cached_tokens"), fields.get("cache_read_input_tokens"), fields.get("prompt_cache_hit_tokens"))
    return Details(
        cache_read=_first(*read, fields.get("cached_tokens")),
        cache_write=_first(given.get("cache_write_tokens"), fields.get("cache_creation_input_tokens")),
        input_image=_first(given.get("image_tokens")),
        output_image=_first(made.get("image_tokens")),
    )


def _first(*values: Any) -> int:
    return next((each for each in map(count, values) if each), 0)


def reported_cost(usage: Any) -> float | None:
    """US dollars that a reply itself says it cost; None if it does not.

    ``cost`` is OpenRouter's, in dollars; with a key of the user's own at the provider behind it (``is_byok``), that
    provider's charge is in ``cost_details`` and comes on top. ``cost_in_usd_ticks`` is xAI's.
    """
    fields = entries(usage)
    ticks = _dollars(fields.get("cost_in_usd_ticks"), TICKS)
    if ticks is not None:
        return ticks
    cost = _dollars(fields.get("cost"))
    if cost is None or not fields.get("is_byok"):
        return cost
    return cost + (_dollars(entries(fields.get("cost_details")).get("upstream_inference_cost")) or 0.0)


def _dollars(value: Any, units: float = 1.0) -> float | None:
    """A cost in dollars; None for anything that cannot be one."""
    try:
        cost = float(value) / units if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        return None
    return cost if 0 <= cost < MOST_EXPENSIVE else None


def used(
    price: Price | None,
    input_tokens: int | None,
    output_tokens: int | None,
    images: int = 0,
    *,
    details: Details = NO_DETAILS,
    reported: float | None = None,
) -> Usage:
    """The usage of a reply. Its cost is unknown if the price or a count is, and the reply does not say it.

    ``reported``: what the reply says that it cost. It is what the account is charged, so it comes before list prices,
    but not before the user's own.
    """
    known = price is not None and input_tokens is not None and output_tokens is not None
    given, made = input_tokens or 0, output_tokens or 0
    if reported is not None and not (known and price is not None and price.fixed):
        return Usage(given, made, images, reported)
    return Usage(given, made, images, price.cost(given, made, images, details) if price and known else None)
