"""What a reply in JSON gives under each name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.reading.json_objects import json_in


def values_in_json(reply: str) -> Mapping[str, Any]:
    """Name -> value of the one JSON object of a reply, or of the one object in it (``{"counts": {...}}``); nothing
    where there is no object, or several that differ."""
    found = json_in(reply)
    if not found or any(each != found[0] for each in found):
        return {}
    values = found[0]
    inner = next(iter(values.values())) if len(values) == 1 else None
    return inner if isinstance(inner, dict) else values
