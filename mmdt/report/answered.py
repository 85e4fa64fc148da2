"""Was it the model that was asked for that answered? By the names that the provider gives in its replies."""

from __future__ import annotations

import re
from collections.abc import Iterable

_VERSION = re.compile(r"([-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{3,4}|latest)|:free)$")
"""What providers put behind a model's name in their replies: the day or the number of a version."""


def answered_note(asked: str, answered_by: Iterable[tuple[str, str]], *, known: str = "") -> list[str]:
    """One note where another model answered than the one asked for (``runtime/name``), or more than one; else none.

    ``answered_by``: name and number of outputs. ``known``: another name of the same model (its weights).
    """
    found = [(name, count) for name, count in answered_by if name != known]
    wanted = asked.partition("/")[2]
    if len(found) < 2 and all(_plain(name) == _plain(wanted) for name, _ in found):
        return []
    said = ", ".join(f"{name} ({count} outputs)" for name, count in found)
    return [f"{wanted} was asked for; the provider says that it was answered by {said}."]


def _plain(name: str) -> str:
    """Without owner, version and case: servers differ in these."""
    return _VERSION.sub("", name.rpartition("/")[2].casefold())
