"""Pen: draws cartoon shapes in indexed inks, so that one drawing works for every colour and size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import IntEnum

from PIL import Image, ImageDraw

Point = tuple[float, float]
EDGE = 3.4
"""Width of a contour, in percent of the drawing's side."""
_ROOM = 6


class Ink(IntEnum):
    """The ink of a pixel; ``palette.py`` maps it to a colour for an object of a given colour."""

    NONE = 0
    LINE = 1
    BODY = 2
    SHADE = 3
    LIGHT = 4
    WHITE = 5
    GLASS = 6
    WOOD = 7
    LEAF = 8
    TYRE = 9
    METAL = 10
    GOLD = 11
    FIGURE = 12


class Pen:
    """Draws on a square with corners (0, 0) and (100, 100), y downwards, at any resolution.

    The square has a margin for contours along its border.
    """

    def __init__(self, pixels: int) -> None:
        self.image = Image.new("L", (pixels, pixels), Ink.NONE)
        self._draw = ImageDraw.Draw(self.image)
        self._scale = pixels / (100 + 2 * _ROOM)

    def polygon(self, points: Sequence[Point], ink: Ink, edge: float = EDGE) -> None:
        """A filled polygon with a contour of the given width (0: none)."""
        self._draw.polygon(self._pixels(points), fill=ink)
        if edge:
            self.line([*points, points[0]], Ink.LINE, edge)

    def blob(self, points: Sequence[Point], ink: Ink, edge: float = EDGE) -> None:
        """A filled shape whose contour runs smoothly through the points."""
        self.polygon(_smooth(points, closed=True), ink, edge)

    def ellipse(self, x: float, y: float, rx: float, ry: float, ink: Ink, edge: float = EDGE) -> None:
        self.polygon(ellipse_points(x, y, rx, ry), ink, edge)

    def box(self, x0: float, y0: float, x1: float, y1: float, ink: Ink, edge: float = EDGE) -> None:
        self.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], ink, edge)

    def line(self, points: Sequence[Point], ink: Ink, width: float = EDGE) -> None:
        """A line with round joints and ends."""
        pixels = self._pixels(points)
        stroke = max(1, round(width * self._scale))
        self._draw.line(pixels, fill=ink, width=stroke)
        radius = (stroke - 1) / 2
        if radius >= 1:
            for x, y in pixels:
                self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)

    def curve(self, points: Sequence[Point], ink: Ink, width: float = EDGE) -> None:
        """A smooth line through the points."""
        self.line(_smooth(points, closed=False), ink, width)

    def limb(self, points: Sequence[Point], ink: Ink, width: float) -> None:
        """A thick line with a contour, such as an arm or a leg."""
        self.line(points, Ink.LINE, width + EDGE)
        self.line(points, ink, width)

    def _pixels(self, points: Sequence[Point]) -> list[Point]:
        return [((x + _ROOM) * self._scale, (y + _ROOM) * self._scale) for x, y in points]


def ellipse_points(
    x: float, y: float, rx: float, ry: float, start: float = 0, stop: float = 360, steps: int = 60
) -> list[Point]:
    """Points of an elliptic arc; angles in degrees, clockwise on the screen from the right."""
    angles = [math.radians(start + (stop - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


def _smooth(points: Sequence[Point], *, closed: bool, steps: int = 10) -> list[Point]:
    """A Catmull-Rom spline through the points (Catmull and Rom, 1974, tension 0.5)."""
    count = len(points)
    segments = count if closed else count - 1
    curve: list[Point] = []
    for index in range(segments):
        near = [_at(points, index + offset, closed) for offset in (-1, 0, 1, 2)]
        curve += [_spline(near, step / steps) for step in range(steps)]
    return curve if closed else [*curve, points[-1]]


def _at(points: Sequence[Point], index: int, closed: bool) -> Point:
    return points[index % len(points)] if closed else points[min(max(index, 0), len(points) - 1)]


def _spline(near: Sequence[Point], t: float) -> Point:
    weights = (
        (-t + 2 * t**2 - t**3) / 2,
        (2 - 5 * t**2 + 3 * t**3) / 2,
        (t + 4 * t**2 - 3 * t**3) / 2,
        (-(t**2) + t**3) / 2,
    )
    return (
        sum(weight * point[0] for weight, point in zip(weights, near, strict=True)),
        sum(weight * point[1] for weight, point in zip(weights, near, strict=True)),
    )
