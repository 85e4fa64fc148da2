"""Boxes that a detector found, and the arithmetic of where they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from mmdt.core.observation import Observation

Relation = Literal["left", "right", "above", "below"]

OPPOSITE: dict[Relation, Relation] = {"left": "right", "right": "left", "above": "below", "below": "above"}


@dataclass(frozen=True, slots=True)
class Box:
    """A labelled box; corners as shares of the picture's width and height, origin top left."""

    label: str
    score: float
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def area(self) -> float:
        """Share of the picture."""
        return max(self.x1 - self.x0, 0.0) * max(self.y1 - self.y0, 0.0)


def boxes_of(observation: Observation, *, least_score: float = 0.0) -> list[Box]:
    """The boxes in a detector's observation, ``{"boxes": [{"label", "score", "box": [x0, y0, x1, y1]}]}``."""
    found = [Box(each["label"], each["score"], *each["box"]) for each in observation.value.get("boxes", ())]
    return [box for box in found if box.score >= least_score]


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
