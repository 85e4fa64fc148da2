"""The cases of a page in parts of bounded size, so that a browser reads only what it shows.

Of a hundred thousand cases a page holds the rows of its list, a few thousand to a part, and the cases themselves, a few
hundred to a part. In a file each part is an element of the page, compressed; a server sends each when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mmdt.report.html.embed import EmbeddedData, pack

Json = dict[str, Any]
Put = Callable[[str, Any], None]
"""Keeps a JSON value under a name."""
ROWS_A_PART = 4_000
CASES_A_PART = 200


@dataclass
class PartWriter:
    """Puts values into parts ``name-0``, ``name-1``, ... of ``size`` values each. ``close`` puts the last one."""

    put: Put
    name: str
    size: int
    count: int = 0
    _waiting: list[Json] = field(default_factory=list)

    def add(self, value: Json) -> None:
        self._waiting.append(value)
        self.count += 1
        if len(self._waiting) == self.size:
            self.close()

    def close(self) -> None:
        if self._waiting:
            self.put(f"{self.name}-{(self.count - 1) // self.size}", self._waiting)
            self._waiting = []


@dataclass
class EmbeddedParts:
    """Parts as elements of the page itself."""

    parts: list[tuple[str, EmbeddedData]] = field(default_factory=list)

    def put(self, name: str, value: Any) -> None:
        self.parts.append((name, pack(value)))
