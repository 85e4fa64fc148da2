"""A drawing: lines, areas and words with named paints, which SVG and PNG files and the report's page show alike.

Colours only help: marks differ in shape, lines in their dashes, areas in lightness, and numbers are written out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]

PAINTS = {
    "paper": "#ffffff",
    "ink": "#1d1f24",
    "muted": "#5b5e66",
    "line": "#dcd9d0",
    "soft": "#a9c0e6",
    "good": "#1f6a3f",
    "bad": "#a3221c",
    "series-0": "#27508f",
    "series-1": "#b1440e",
    "series-2": "#1f6a3f",
    "series-3": "#82358a",
    "series-4": "#7d5a00",
    "series-5": "#0f6f80",
    "series-6": "#a3224f",
    "series-7": "#46506a",
    "heat-0": "#f1f4fa",
    "heat-1": "#d3dff0",
    "heat-2": "#a9c0e6",
    "heat-3": "#4a73ad",
    "heat-4": "#1d3f74",
    "on-light": "#1d1f24",
    "on-dark": "#ffffff",
}
"""Each paint's colour in a file; in the report's page the theme decides. ``heat``: one hue, from light to dark."""
DASHES: tuple[tuple[float, ...], ...] = ((), (7, 4), (2, 3), (9, 3, 2, 3), (4, 2), (1, 3), (12, 4), (6, 2, 1, 2))
"""By the number of the series, so that lines differ without colour."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points. ``dash``: lengths of strokes and gaps; empty: a solid line."""

    points: tuple[Point, ...]
    paint: str = "ink"
    width: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon, with an outline where ``stroke`` names a paint. ``clear``: from 0 to 1, how much shows
    through."""

    points: tuple[Point, ...]
    fill: str = "paper"
    stroke: str = ""
    width: float = 1.0
    clear: float = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; ``x`` is its start, middle or end as ``anchor`` says, ``y`` its base line."""

    x: float
    y: float
    text: str
    size: float = 12.0
    paint: str = "ink"
    anchor: str = "start"
    bold: bool = False


Shape = Line | Area | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture ``width`` x ``height`` pixels large. ``text`` describes it for those who cannot see it.

    ``columns`` and ``rows``: what is drawn, as a table.
    """

    name: str
    title: str
    text: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]


def box(left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
    """The corners of a rectangle."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def hatched(left: float, top: float, right: float, bottom: float, step: float = 8.0) -> Iterable[Shape]:
    """A rectangle with diagonal lines: nothing was measured here."""
    yield Area(box(left, top, right, bottom), "paper", "line")
    start = left - (bottom - top) + step
    while start < right:
        begin, end = max(start, left), min(start + bottom - top, right)
        if end > begin:
            yield Line(((begin, bottom - (begin - start)), (end, bottom - (end - start))), "line")
        start += step


def mark(series: int, x: float, y: float, reach: float = 5.0) -> Area:
    """The mark of a series: eight shapes, filled; then the same shapes as outlines."""
    shape, paint = _SHAPES[series % len(_SHAPES)], f"series-{series % 8}"
    points = tuple((x + reach * dx, y + reach * dy) for dx, dy in shape)
    hollow = series // len(_SHAPES) % 2
    return Area(points, "paper" if hollow else paint, paint if hollow else "paper", 1.6 if hollow else 1.0)


def _ring(corners: int, turn: float = 0.0, inner: float = 1.0) -> tuple[Point, ...]:
    return tuple(
        (radius * math.sin(angle), -radius * math.cos(angle))
        for index in range(corners)
        for angle, radius in [(turn + 2 * math.pi * index / corners, inner if index % 2 else 1.0)]
    )


_SHAPES: Sequence[tuple[Point, ...]] = (
    _ring(24),
    ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    _ring(3),
    _ring(4),
    _ring(3, math.pi),
    ((-0.35, -1), (0.35, -1), (0.35, -0.35), (1, -0.35), (1, 0.35), (0.35, 0.35), (0.35, 1), (-0.35, 1), (-0.35, 0.35),
     (-1, 0.35), (-1, -0.35), (-0.35, -0.35)),
    _ring(10, inner=0.45),
    _ring(6),
)  # fmt: skip


def letters(text: str, size: float) -> float:
    """About how wide a text is, in pixels; never too little for a common font."""
    return sum(1.0 if ord(each) > 0x2E80 else 0.6 for each in text) * size


def shortened(text: str, most: int) -> str:
    """The text in at most ``most`` characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."
