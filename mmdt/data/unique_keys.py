"""JSON objects that give a key twice are refused."""

from __future__ import annotations

import json
from typing import Any


def check_unique(line: bytes | str) -> None:
    """Raises ValueError where an object gives a key twice: readers differ in which of the two they take."""
    json.loads(line, object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise ValueError(f"the key {name[:60]!r} is given twice")
        seen.add(name)
