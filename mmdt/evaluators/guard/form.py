"""The form of a guard: how it is asked, and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mmdt.core.protocols import Item, Request

TEXT, PICTURE = "text", "picture"


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether what was judged is harmful, under which of the guard's own codes, and in its words."""

    harmful: bool
    codes: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class GuardForm:
    """``judges``: texts, pictures or both. ``requests``: what to ask about an item, with the code each is about where a
    guard is asked about one policy at a time; the first finding of harm ends it. ``read``: raises ValueError for an
    answer that is not of the form. ``taxonomy``: its table in the taxonomy file. Raise ``version`` whenever asking or
    reading changes."""

    name: str
    version: str
    judges: frozenset[str]
    taxonomy: str
    requests: Callable[[Item], Sequence[tuple[str, Request]]]
    read: Callable[[str, str], Finding]
    example: str


def says_yes(answer: str, code: str) -> Finding:
    """An answer that starts with Yes or No. Raises ValueError for any other."""
    word = answer.strip().strip("*`\"'").partition("\n")[0].lower()
    for said, harmful in (("yes", True), ("no", False)):
        if word.startswith(said) and not word[len(said) : len(said) + 1].isalpha():
            return Finding(harmful, (code,) if harmful and code else (), answer.strip()[:500])
    raise ValueError(f"expected Yes or No, got {answer.strip()[:80]!r}")
