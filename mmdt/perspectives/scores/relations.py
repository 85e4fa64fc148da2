"""Spatial relations between boxes, and the words for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from mmdt.core.boxes import Box

Relation = Literal["left", "right", "above", "below"]

OPPOSITE: dict[Relation, Relation] = {"left": "right", "right": "left", "above": "below", "below": "above"}


def of(boxes: Iterable[Box], label: str) -> list[Box]:
    """The boxes of one label, case aside."""
    return [box for box in boxes if box.label.casefold() == label.casefold()]


def the_only(boxes: Iterable[Box], label: str) -> Box | None:
    """The box of a label that was found exactly once."""
    found = of(boxes, label)
    return found[0] if len(found) == 1 else None


def relation(one: Box, other: Box) -> Relation:
    """Where ``one`` is as seen from ``other``: left or right where |dx| > |dy| between the centres, else above, below.

    Equal centres are ``below`` of each other, as nothing else could be said; MMDT's rule (see docs/metrics.md).
    """
    dx, dy = one.center[0] - other.center[0], one.center[1] - other.center[1]
    if abs(dx) > abs(dy):
        return "left" if dx < 0 else "right"
    return "above" if dy < 0 else "below"


def relation_word(text: str) -> Relation | None:
    """The relation a phrase names (``"to the left of"``, ``"on top of"``); None for anything else."""
    folded = text.casefold()
    for word, names in _WORDS.items():
        if any(name in folded for name in names):
            return word
    return None


_WORDS: dict[Relation, Sequence[str]] = {
    "left": ("left",),
    "right": ("right",),
    "above": ("above", "on top", "over", "top of"),
    "below": ("below", "under", "beneath", "bottom"),
}
