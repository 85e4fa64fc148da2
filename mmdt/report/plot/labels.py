"""Places labels beside points: no label covers another or a mark, and all stay within the frame."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LETTER, WIDE_LETTER = 7.4, 12.5
"""Width in pixels of a 12-pixel letter in a wide font, and of an East Asian letter."""
HEIGHT = 15.0
RADII = (9.0, 16.0, 26.0, 38.0, 54.0, 74.0, 98.0, 126.0, 160.0, 200.0)
NEAR = 16.0
"""A label at a greater distance in pixels is connected to its point by a line."""
LONGEST = 30
"""The greatest length of a label in characters."""
_DIAGONAL = math.sqrt(0.5)
_DIRECTIONS = (
    (_DIAGONAL, -_DIAGONAL),
    (_DIAGONAL, _DIAGONAL),
    (-_DIAGONAL, -_DIAGONAL),
    (-_DIAGONAL, _DIAGONAL),
    (1.0, 0.0),
    (-1.0, 0.0),
    (0.0, -1.0),
    (0.0, 1.0),
)
_CROSSED, _NEARER_TO_ANOTHER = 4.0, 6.0
"""The cost of covering an interval, and of being nearer to another point's mark, in tens of pixels of distance."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle in pixels; y increases downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, x: float, y: float, reach: float) -> Rectangle:
        return cls(x - reach, y - reach, x + reach, y + reach)

    def meets(self, other: Rectangle) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def within(self, frame: Rectangle) -> bool:
        return (
            frame.left <= self.left
            and self.right <= frame.right
            and frame.top <= self.top
            and self.bottom <= frame.bottom
        )


@dataclass(frozen=True, slots=True)
class Label:
    """A placed text: (x, y) is the start, middle or end (``anchor``) of its baseline; ``line`` leads to its point."""

    text: str
    x: float
    y: float
    anchor: str
    box: Rectangle
    line: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class LabeledPoint:
    """A point, the text to place beside it, and the rectangles of its intervals."""

    x: float
    y: float
    text: str
    arms: tuple[Rectangle, ...] = ()


def place_labels(points: Sequence[LabeledPoint], frame: Rectangle, reach: float) -> list[Label | None]:
    """A label for each point, None if there is no room left. ``reach``: half the side of a mark in pixels.

    The most crowded points are labelled first. Each label takes the nearest free position, if possible not on an
    interval.
    """
    marks = [Rectangle.around(point.x, point.y, reach) for point in points]
    arms = [arm for point in points for arm in point.arms]
    labels: list[Label | None] = [None] * len(points)
    for index in sorted(range(len(points)), key=lambda index: -_neighbours(points, index)):
        occupied = [each.box for each in labels if each]
        free = [
            label
            for label in _candidates(points[index])
            if label.box.within(frame) and not any(map(label.box.meets, (*marks, *occupied)))
        ]
        others = [(point.x, point.y) for point in points if point is not points[index]]
        labels[index] = min(free, key=lambda label: _cost(label, points[index], others, arms), default=None)
    return labels


def shortened(text: str) -> str:
    """The text shortened to ``LONGEST`` characters: its beginning and its end."""
    if len(text) <= LONGEST:
        return text
    half = (LONGEST - 1) // 2
    return f"{text[: LONGEST - 1 - half]}…{text[-half:]}"


def width(text: str) -> float:
    """The greatest width in pixels of a 12-pixel text."""
    return sum(WIDE_LETTER if unicodedata.east_asian_width(char) in "WF" else LETTER for char in text)


def _neighbours(points: Sequence[LabeledPoint], index: int) -> int:
    here = points[index]
    return sum(math.hypot(each.x - here.x, each.y - here.y) < RADII[-4] for each in points)


def _candidates(point: LabeledPoint) -> Iterable[Label]:
    for radius in RADII:
        for across, down in _DIRECTIONS:
            yield _label(point, radius, across, down)


def _label(point: LabeledPoint, radius: float, across: float, down: float) -> Label:
    x, middle = point.x + radius * across, point.y + radius * down + (HEIGHT / 2 * down if not across else 0.0)
    size = width(point.text)
    anchor, left = ("start", x) if across > 0 else ("end", x - size) if across < 0 else ("middle", x - size / 2)
    box = Rectangle(left, middle - HEIGHT / 2, left + size, middle + HEIGHT / 2)
    line = None if radius <= NEAR else (point.x, point.y, x, middle)
    return Label(point.text, x, middle + 4.0, anchor, box, line)


def _cost(label: Label, point: LabeledPoint, others: Iterable[tuple[float, float]], arms: Iterable[Rectangle]) -> float:
    end = (label.x, (label.box.top + label.box.bottom) / 2)
    away = math.dist(end, (point.x, point.y))
    nearer_to_another = any(math.dist(end, other) < away for other in others)
    return away / 10 + _NEARER_TO_ANOTHER * nearer_to_another + _CROSSED * sum(label.box.meets(arm) for arm in arms)
