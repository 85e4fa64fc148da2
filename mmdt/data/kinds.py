"""What kind of value the data has in the wrong place, in words for an error message."""

from __future__ import annotations

from typing import Any


def kind_of(value: Any) -> str:
    """``value`` in a few words that follow "got": nothing, text, a list, the value 3."""
    if value is None or value == b"":
        return "nothing"
    if isinstance(value, bool | int | float):
        return f"the value {value}"
    names: dict[type, str] = {str: "text", list: "a list", tuple: "a list", dict: "a JSON object"}
    return names.get(type(value), f"a value of type {type(value).__name__}")
