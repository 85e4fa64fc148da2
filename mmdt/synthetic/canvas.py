"""Canvas: draws flat shapes at a larger size and scales the picture down, so that edges are smooth."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PIL import Image as Pil
from PIL import ImageDraw, ImageFont

Colour = tuple[int, int, int]
Point = tuple[float, float]

_OVERSAMPLING = 3


class Canvas:
    """A picture ``height`` pixels high whose height is 100 units; the width follows from ``aspect``.

    Coordinates are in units from the upper left corner; every shape has one colour. ``place`` shifts and scales
    whatever is drawn next, so that one drawing can appear in several places.
    """

    def __init__(self, height: int, aspect: float = 1.0, ground: Colour = (255, 255, 255)) -> None:
        self.height = height
        self.width = round(height * aspect)
        self.aspect = aspect
        self._unit = height * _OVERSAMPLING / 100
        size = (self.width * _OVERSAMPLING, height * _OVERSAMPLING)
        self._picture = Pil.new("RGB", size, ground)
        self._draw = ImageDraw.Draw(self._picture)
        self._shift: Point = (0.0, 0.0)
        self._scale = 1.0

    def place(self, x: float = 0.0, y: float = 0.0, scale: float = 1.0) -> None:
        """Draw the following shapes ``scale`` times as large, with their origin at (x, y)."""
        self._shift, self._scale = (x, y), scale

    def ellipse(self, x: float, y: float, across: float, down: float, fill: Colour) -> None:
        """An ellipse, given by its centre and half axes."""
        self._draw.ellipse([self._at(x - across, y - down), self._at(x + across, y + down)], fill=fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour, corner: float = 0.0) -> None:
        corners = [self._at(left, top), self._at(right, bottom)]
        self._draw.rounded_rectangle(corners, radius=self._length(corner), fill=fill)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        self._draw.polygon([self._at(x, y) for x, y in points], fill=fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        thickness = max(round(self._length(width)), 1)
        self._draw.line([self._at(x, y) for x, y in points], fill=fill, width=thickness, joint="curve")

    def arc(self, box: tuple[float, float, float, float], span: Point, fill: Colour, width: float) -> None:
        """An arc of the ellipse inside ``box``; ``span`` in degrees, clockwise from three o'clock."""
        left, top, right, bottom = box
        corners = [self._at(left, top), self._at(right, bottom)]
        self._draw.arc(corners, span[0], span[1], fill=fill, width=max(round(self._length(width)), 1))

    def slice(self, box: tuple[float, float, float, float], span: Point, fill: Colour) -> None:
        """The filled segment between an arc and its chord."""
        left, top, right, bottom = box
        self._draw.chord([self._at(left, top), self._at(right, bottom)], span[0], span[1], fill=fill)

    def text(self, x: float, y: float, text: str, size: float, fill: Colour, anchor: str = "mm") -> None:
        """Text ``size`` units high; ``anchor`` is a Pillow text anchor (``mm``: centred on the point)."""
        self._draw.text(self._at(x, y), text, font=font(round(self._length(size))), fill=fill, anchor=anchor)

    def finish(self) -> Pil.Image:
        """The picture, scaled down to its final size."""
        return self._picture.resize((self.width, self.height), Pil.Resampling.BOX)

    def _at(self, x: float, y: float) -> Point:
        return (
            (self._shift[0] + x * self._scale) * self._unit,
            (self._shift[1] + y * self._scale) * self._unit,
        )

    def _length(self, units: float) -> float:
        return units * self._scale * self._unit


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font bundled with Pillow, so that a drawing is the same on every machine."""
    found = ImageFont.load_default(max(size, 4))
    assert isinstance(found, ImageFont.FreeTypeFont)  # noqa: S101 - Pillow's wheels all carry FreeType
    return found
