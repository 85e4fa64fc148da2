"""Spatial relations between boxes, and the words for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from mmdt.core.boxes import Box

Relation = Literal["left", "right", "above", "below"]

OPPOSITE: dict[Relation, Relation] = {"left": "right", "right": "left", "above": "below", "below": "above"}


def boxes_named(boxes: Iterable[Box], label: str) -> list[Box]:
    """The boxes with this label, ignoring case."""
    return [box for box in boxes if box.label.casefold() == label.casefold()]


def only_box(boxes: Iterable[Box], label: str) -> Box | None:
    """The box with this label if there is exactly one."""
    found = boxes_named(boxes, label)
    return found[0] if len(found) == 1 else None


def relation_between(one: Box, other: Box) -> Relation:
    """Where ``one`` is, seen from ``other``: left or right if |dx| > |dy| between the centres, else above or below.

    Boxes with equal centres are ``below`` each other, because MMDT's rule needs an answer (see docs/metrics.md).
    """
    dx, dy = one.center[0] - other.center[0], one.center[1] - other.center[1]
    if abs(dx) > abs(dy):
        return "left" if dx < 0 else "right"
    return "above" if dy < 0 else "below"


def relation_word(text: str) -> Relation | None:
    """The relation that a phrase names (``"to the left of"``, ``"on top of"``); None for anything else."""
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
