"""Checks, by the model names in the provider's replies, whether the requested model gave the answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

_VERSION = re.compile(r"([-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{3,4}|latest)|:free)$")
"""The version suffixes that providers append to a model's name in their replies: a date or a number."""


def answered_note(requested: str, answered_by: Iterable[tuple[str, str]], *, known: str = "") -> list[str]:
    """One note if a model other than ``requested`` (``runtime/name``) answered, or more than one; otherwise none.

    ``answered_by``: name and number of outputs. ``known``: another name of the same model (its weights).
    """
    found = [(name, count) for name, count in answered_by if name != known]
    wanted = requested.partition("/")[2]
    if len(found) < 2 and all(_plain(name) == _plain(wanted) for name, _ in found):
        return []
    reported = ", ".join(f"{name} ({count} outputs)" for name, count in found)
    return [f"{wanted} was requested, but the provider reports answers by {reported}."]


def _plain(name: str) -> str:
    """The name in lower case without owner and version, which differ between servers."""
    return _VERSION.sub("", name.rpartition("/")[2].casefold())
