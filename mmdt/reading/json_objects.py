"""JSON objects in replies, alone, in a code fence, or in the middle of words. Pure rules."""

from __future__ import annotations

import re
from typing import Any

import msgspec

MAX_TEXT = 20_000
_OBJECT = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}", re.DOTALL)


def json_in(text: str) -> list[dict[str, Any]]:
    """Every JSON object in a reply that can be read; those within others are no objects of their own."""
    found = []
    for block in _OBJECT.findall(text[:MAX_TEXT]):
        try:
            value = msgspec.json.decode(block)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
