"""Labels beside points: none covers another, nor a mark, and all stay within the frame."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LETTER, WIDE_LETTER = 7.4, 12.5
"""Pixels of one letter of 12 pixels in a generously wide font, and of an East Asian one."""
HEIGHT = 15.0
RADII = (9.0, 16.0, 26.0, 38.0, 54.0, 74.0, 98.0, 126.0, 160.0, 200.0)
NEAR = 16.0
"""A label further away is tied to its point with a line."""
LONGEST = 30
"""Characters of a label."""
_DIAGONAL = math.sqrt(0.5)
_WAYS = (
    (_DIAGONAL, -_DIAGONAL),
    (_DIAGONAL, _DIAGONAL),
    (-_DIAGONAL, -_DIAGONAL),
    (-_DIAGONAL, _DIAGONAL),
    (1.0, 0.0),
    (-1.0, 0.0),
    (0.0, -1.0),
    (0.0, 1.0),
)
_CROSSED, _STRANGER = 4.0, 6.0
"""What it costs to cover an interval, and to stand nearer to another's mark, in tens of pixels of distance."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, x: float, y: float, reach: float) -> Box:
        return cls(x - reach, y - reach, x + reach, y + reach)

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def within(self, frame: Box) -> bool:
        return (
            frame.left <= self.left
            and self.right <= frame.right
            and frame.top <= self.top
            and self.bottom <= frame.bottom
        )


@dataclass(frozen=True, slots=True)
class Label:
    """Where a text stands: the start, middle or end of its baseline at (x, y). ``line`` ties it to its point."""

    text: str
    x: float
    y: float
    anchor: str
    box: Box
    line: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with the text to put beside it, and the boxes of its intervals."""

    x: float
    y: float
    text: str
    arms: tuple[Box, ...] = ()


def place(spots: Sequence[Spot], frame: Box, reach: float) -> list[Label | None]:
    """A label for each spot, None where there is no room left. ``reach``: half the side of a mark.

    The most crowded spots choose first; each takes the nearest free place, rather beside an interval than on it.
    """
    marks = [Box.around(spot.x, spot.y, reach) for spot in spots]
    arms = [arm for spot in spots for arm in spot.arms]
    found: list[Label | None] = [None] * len(spots)
    for index in sorted(range(len(spots)), key=lambda index: -_crowd(spots, index)):
        taken = [each.box for each in found if each]
        free = [
            label
            for label in _candidates(spots[index])
            if label.box.within(frame) and not any(map(label.box.meets, (*marks, *taken)))
        ]
        others = [(spot.x, spot.y) for spot in spots if spot is not spots[index]]
        found[index] = min(free, key=lambda label: _cost(label, spots[index], others, arms), default=None)
    return found


def shortened(text: str) -> str:
    """A text of at most ``LONGEST`` characters: its beginning and its end."""
    if len(text) <= LONGEST:
        return text
    half = (LONGEST - 1) // 2
    return f"{text[: LONGEST - 1 - half]}…{text[-half:]}"


def width(text: str) -> float:
    """Pixels that a text of 12 pixels may take up."""
    return sum(WIDE_LETTER if unicodedata.east_asian_width(char) in "WF" else LETTER for char in text)


def _crowd(spots: Sequence[Spot], index: int) -> int:
    here = spots[index]
    return sum(math.hypot(each.x - here.x, each.y - here.y) < RADII[-4] for each in spots)


def _candidates(spot: Spot) -> Iterable[Label]:
    for radius in RADII:
        for across, down in _WAYS:
            yield _label(spot, radius, across, down)


def _label(spot: Spot, radius: float, across: float, down: float) -> Label:
    x, middle = spot.x + radius * across, spot.y + radius * down + (HEIGHT / 2 * down if not across else 0.0)
    size = width(spot.text)
    anchor, left = ("start", x) if across > 0 else ("end", x - size) if across < 0 else ("middle", x - size / 2)
    box = Box(left, middle - HEIGHT / 2, left + size, middle + HEIGHT / 2)
    line = None if radius <= NEAR else (spot.x, spot.y, x, middle)
    return Label(spot.text, x, middle + 4.0, anchor, box, line)


def _cost(label: Label, spot: Spot, others: Iterable[tuple[float, float]], arms: Iterable[Box]) -> float:
    end = (label.x, (label.box.top + label.box.bottom) / 2)
    away = math.dist(end, (spot.x, spot.y))
    strangers = any(math.dist(end, other) < away for other in others)
    return away / 10 + _STRANGER * strangers + _CROSSED * sum(label.box.meets(arm) for arm in arms)
