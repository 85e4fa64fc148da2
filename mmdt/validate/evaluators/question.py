"""Question: what an evaluator is asked in a check, and how its answer counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.core.protocols import Item

Counts = Mapping[str, tuple[float, float]]
"""Figure -> (right, total); added up over all questions of a condition."""
Seen = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """Items that are observed together, and a function that counts their values (in the same order).

    ``condition`` names the part of the set (``clean``, ``pixelate``); each has its own figures. ``example``: what to
    show the user if the result deserves a look, such as two files that were taken for copies of each other.
    """

    items: tuple[Item, ...]
    count: Callable[[Seen], Counts]
    condition: str = ""
    example: str = ""


Set = Callable[[int, int], Iterator[Question]]
"""``questions(seed, number)``: ``number`` questions a condition."""


def item(role: str, asked: Mapping[str, Any], *, text: str = "", image: Image | None = None, prompt: str = "") -> Item:
    """An output with this text or picture, and the question about it."""
    case = Case.make(Cell("check", "i2t" if image is None else "t2i", role, "item"), prompt)
    return Item(case, Output.answered(text, () if image is None else (image,)), asked)


def verdict(truth: bool, key: str = "verdict") -> Callable[[Seen], Counts]:
    """Counts a yes or no towards the accuracy, and towards the share of found yeses or noes."""

    def count(seen: Seen) -> Counts:
        right = float(bool(seen[0][key]) == truth)
        return {"accuracy": (right, 1), "yes found" if truth else "no found": (right, 1)}

    return count
