"""Boxes as the authors' detector gives them: a query for each name, no suppression, the network's order.

A box counts if its score is over the threshold and its area is at least one per cent of the picture, both computed from
fractions of width and height rounded to three decimals. A name with "none" in it is not looked for; one with a full
stop is split by the detector and so never found. A list that holds a name twice looks twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mmdt.perspectives.shared.published_rule import NoPublishedNumberError, Seen

Corners = tuple[float, float, float, float]
"""x1, y1, x2, y2 as fractions of width and height."""
Point = tuple[float, float]
Centre = Callable[[Corners], Point]
AREA_FLOOR = 0.01


class Found:
    """The boxes of each name that was asked, in the order of the detector."""

    def __init__(self, seen: Seen, names: Sequence[Any], threshold: float) -> None:
        self._boxes: dict[Any, list[Corners]] = {}
        recorded = [_read(each) for each in seen.get("boxes") or ()]
        for name in names:
            self._boxes.setdefault(name, []).extend(_boxes_of(str(name), recorded, threshold))

    def of(self, name: Any) -> list[Corners]:
        return self._boxes[name]

    def count(self, name: Any) -> int:
        return len(self._boxes[name])

    def first(self, name: Any) -> Corners | None:
        """The first box, which need not be the one with the best score."""
        return next(iter(self._boxes[name]), None)

    def only(self, name: Any) -> Corners | None:
        """The box of a name that was found exactly once."""
        boxes = self._boxes[name]
        return boxes[0] if len(boxes) == 1 else None


def _read(box: Mapping[str, Any]) -> tuple[str, float, Corners]:
    x1, y1, x2, y2 = box["box"]
    return str(box["phrase"]), float(box["score"]), (x1, y1, x2, y2)


def _boxes_of(name: str, recorded: Iterable[tuple[str, float, Corners]], threshold: float) -> list[Corners]:
    if not can_be_asked(name):
        return []
    return [box for phrase, score, box in recorded if phrase == name and score > threshold and area(box) >= AREA_FLOOR]


def area(box: Corners) -> float:
    """Share of the picture."""
    x1, y1, x2, y2 = box
    return (x2 - x1) * (y2 - y1)


def centre(box: Corners) -> Point:
    """Halfway between the edges."""
    x1, y1, x2, y2 = box
    return (x1 + x2) / 2, (y1 + y2) / 2


def coco_centre(box: Corners) -> Point:
    """The same from left, top, width and height, rounded to three decimals: it decides where both axes are equal."""
    x1, y1, x2, y2 = box
    width, height = round(x2 - x1, 3), round(y2 - y1, 3)
    return x1 + width / 2, y1 + height / 2


def dominant_relation(one: Point, other: Point) -> str:
    """left or right where |dx| > |dy| between two centres, else above, else below (equal centres are below)."""
    (x1, y1), (x2, y2) = one, other
    if abs(x1 - x2) > abs(y1 - y2):
        return "left" if x1 < x2 else "right"
    return "above" if y1 < y2 else "below"


def can_be_asked(name: str) -> bool:
    """Whether the detector gives a result under this name."""
    return "none" not in name.lower() and "." not in name


def require_name(name: Any) -> str:
    """A name that the authors' code looks for in one query. Raises NoPublishedNumberError where it stops."""
    if not isinstance(name, str) or not can_be_asked(name):
        raise NoPublishedNumberError(f"the detector gives no result for the name {name!r}")
    return name
