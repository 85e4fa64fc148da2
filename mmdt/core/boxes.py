"""Boxes that a detector found: shares of the picture, thresholds, and one box for one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mmdt.core.observation import Observation

Corners = tuple[float, float, float, float]
"""Left, top, right, bottom; shares of the picture's width and height, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Box:
    """What was found where. ``score`` is the detector's, 0 to 1."""

    label: str
    score: float
    corners: Corners

    @property
    def area(self) -> float:
        """Share of the picture."""
        left, top, right, bottom = self.corners
        return max(right - left, 0.0) * max(bottom - top, 0.0)

    @property
    def center(self) -> tuple[float, float]:
        left, top, right, bottom = self.corners
        return (left + right) / 2, (top + bottom) / 2

    def as_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "score": round(self.score, 4),
            "box": [round(edge, 5) for edge in self.corners],
        }


def from_centre(x: float, y: float, width: float, height: float) -> Corners:
    """Corners of a box given by its centre and size, cut off at the picture's edge."""
    edges = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in edges)
    return left, top, right, bottom


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1; 0 for boxes without area."""
    left, top = max(one.corners[0], other.corners[0]), max(one.corners[1], other.corners[1])
    right, bottom = min(one.corners[2], other.corners[2]), min(one.corners[3], other.corners[3])
    shared = max(right - left, 0.0) * max(bottom - top, 0.0)
    union = one.area + other.area - shared
    return shared / union if union > 0 else 0.0


def strong(boxes: Iterable[Box], threshold: float, area_floor: float) -> list[Box]:
    """The boxes whose score exceeds ``threshold`` and whose area is at least ``area_floor`` of the picture."""
    return [box for box in boxes if box.score > threshold and box.area >= area_floor]


def distinct(boxes: Iterable[Box], most: float) -> list[Box]:
    """Without the weaker of two boxes of one label that overlap by more than ``most``; best first.

    Boxes of different labels never suppress one another: a cup on a table is both.
    """
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda box: (-box.score, box.label, box.corners)):
        if not any(box.label == other.label and overlap(box, other) > most for other in kept):
            kept.append(box)
    return kept


def boxes_of(observation: Observation, *, least_score: float = 0.0) -> list[Box]:
    """The boxes in a detector's observation, ``{"boxes": [{"label", "score", "box": [x0, y0, x1, y1]}]}``."""
    found = [Box(each["label"], each["score"], tuple(each["box"])) for each in observation.value.get("boxes", ())]
    return [box for box in found if box.score >= least_score]
