"""Landmarks on the skyline: simple shapes in squares of 40 units, each mainly in one colour."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

from mmdt.synthetic.canvas import Canvas, Colour
from mmdt.synthetic.people.palette import shade
from mmdt.synthetic.streets.places import GeoPlace, places

COLOURS: tuple[Colour, ...] = ((126, 62, 58), (70, 84, 120), (84, 110, 70), (150, 110, 50), (96, 74, 110))
Shape = Callable[[Canvas, Colour], None]


@cache
def _colour_of() -> dict[str, Colour]:
    """Place key -> colour; places with the same shape have different colours."""
    seen: dict[str, int] = {}
    found = {}
    for place in places():
        number = seen.get(place.landmark, 0)
        seen[place.landmark] = number + 1
        found[place.key] = COLOURS[number]
    return found


def draw_landmark(canvas: Canvas, place: GeoPlace) -> None:
    """Draw the landmark of a place at the current origin of the canvas."""
    shape: Shape = globals()[place.landmark]
    shape(canvas, _colour_of()[place.key])


def lighthouse(c: Canvas, colour: Colour) -> None:
    c.shape([(16, 8), (24, 8), (27, 40), (13, 40)], (240, 240, 240))
    for top in (14, 25):
        c.box(14.6, top, 25.4, top + 5, colour)
    c.box(15, 3, 25, 8, colour, 1)


def church(c: Canvas, colour: Colour) -> None:
    c.shape([(8, 16), (14, 0), (20, 16)], shade(colour, 0.7))
    c.box(9, 16, 19, 40, colour)
    c.shape([(19, 28), (28, 20), (37, 28)], shade(colour, 0.7))
    c.box(19, 28, 37, 40, colour)


def spires(c: Canvas, colour: Colour) -> None:
    for x in (6.0, 24.0):
        c.shape([(x, 18), (x + 5, 0), (x + 10, 18)], shade(colour, 0.7))
        c.box(x, 18, x + 10, 40, colour)
    c.box(14, 24, 26, 40, shade(colour, 1.2))


def dome(c: Canvas, colour: Colour) -> None:
    c.slice((6, 6, 34, 38), (180, 360), colour)
    c.box(4, 22, 36, 40, shade(colour, 1.3))
    c.box(19, 0, 21, 8, colour)


def skyscraper(c: Canvas, colour: Colour) -> None:
    c.box(12, 6, 28, 40, colour)
    c.box(15, 2, 25, 6, colour)
    c.box(19, -4, 21, 2, colour)
    for row in range(7):
        c.line([(13.5, 10 + row * 4), (26.5, 10 + row * 4)], shade(colour, 1.6), 1)


def clock(c: Canvas, colour: Colour) -> None:
    c.box(14, 8, 26, 40, colour)
    c.shape([(12, 8), (20, -2), (28, 8)], shade(colour, 0.7))
    c.ellipse(20, 15, 4.6, 4.6, (250, 250, 240))
    c.line([(20, 15), (20, 11.6)], (20, 20, 20), 0.8)
    c.line([(20, 15), (22.6, 16)], (20, 20, 20), 0.8)


def ship(c: Canvas, colour: Colour) -> None:
    c.shape([(2, 30), (38, 30), (33, 40), (8, 40)], colour)
    for x, top in ((13.0, 4.0), (25.0, 8.0)):
        c.box(x - 0.6, top, x + 0.6, 30, (70, 54, 40))
        c.shape([(x + 1, top + 2), (x + 9, 27), (x + 1, 27)], (246, 244, 236))


def obelisk(c: Canvas, colour: Colour) -> None:
    c.shape([(17, 6), (20, 0), (23, 6), (25, 36), (15, 36)], shade(colour, 1.5))
    c.box(11, 36, 29, 40, colour)


def palm(c: Canvas, colour: Colour) -> None:
    c.shape([(18, 14), (21, 14), (24, 40), (19, 40)], (120, 90, 60))
    for turn in range(6):
        angle = math.pi * (turn / 5)
        tip = (20 + 16 * math.cos(angle), 14 - 8 * math.sin(angle) + 6 * abs(math.cos(angle)))
        c.line([(20, 13), tip], colour, 3)


def pyramid(c: Canvas, colour: Colour) -> None:
    c.shape([(20, 8), (39, 40), (1, 40)], colour)
    c.shape([(20, 8), (39, 40), (24, 40)], shade(colour, 0.75))


def bridge(c: Canvas, colour: Colour) -> None:
    c.box(-6, 30, 46, 33, colour)
    for x in (6.0, 32.0):
        c.box(x, 6, x + 3, 40, colour)
    c.arc((-20, -18, 21, 31), (30, 82), colour, 1.3)
    c.arc((9, -18, 32, 29), (0, 180), colour, 1.3)
    c.arc((20, -18, 61, 31), (98, 150), colour, 1.3)


def arch(c: Canvas, colour: Colour) -> None:
    c.arc((3, 2, 37, 78), (180, 360), shade(colour, 1.4), 3.4)


def needle(c: Canvas, colour: Colour) -> None:
    c.shape([(18.6, 12), (21.4, 12), (25, 40), (15, 40)], shade(colour, 1.4))
    c.ellipse(20, 11, 9, 3, colour)
    c.box(19.4, -4, 20.6, 10, colour)


def mountain(c: Canvas, colour: Colour) -> None:
    c.shape([(-4, 40), (14, 8), (26, 26), (31, 20), (46, 40)], colour)
    c.shape([(8.4, 18), (14, 8), (20.6, 18), (16, 16), (12, 19)], (248, 250, 252))


def silo(c: Canvas, colour: Colour) -> None:
    for x, top in ((5.0, 10.0), (16.0, 6.0), (27.0, 12.0)):
        c.box(x, top, x + 9, 40, shade(colour, 1.25))
        c.slice((x, top - 4, x + 9, top + 5), (180, 360), colour)


def cactus(c: Canvas, colour: Colour) -> None:
    c.box(17, 8, 23, 40, (76, 130, 76), 3)
    c.box(8, 16, 12, 28, (76, 130, 76), 2)
    c.box(8, 24, 18, 28, (76, 130, 76), 2)
    c.box(28, 12, 32, 24, (76, 130, 76), 2)
    c.box(22, 20, 32, 24, colour, 2)


def wheel(c: Canvas, colour: Colour) -> None:
    c.arc((5, 2, 35, 32), (0, 360), colour, 1.6)
    for turn in range(8):
        angle = turn * math.pi / 4
        spot = (20 + 15 * math.cos(angle), 17 + 15 * math.sin(angle))
        c.line([(20, 17), spot], colour, 0.7)
        c.ellipse(*spot, 1.8, 1.8, shade(colour, 1.4))
    c.line([(12, 40), (20, 17), (28, 40)], colour, 1.8)


def castle(c: Canvas, colour: Colour) -> None:
    c.box(4, 20, 36, 40, colour)
    for x in (2.0, 30.0):
        c.box(x, 10, x + 9, 40, shade(colour, 0.85))
        for step in range(3):
            c.box(x + step * 3.4, 6, x + step * 3.4 + 2, 10, shade(colour, 0.85))
    c.slice((15, 26, 25, 54), (180, 360), (40, 34, 34))


def lattice(c: Canvas, colour: Colour) -> None:
    c.line([(8, 40), (18.6, 4), (21.4, 4), (32, 40)], colour, 2)
    for y, reach in ((16.0, 5.0), (26.0, 8.0)):
        c.line([(20 - reach, y), (20 + reach, y)], colour, 1.6)
    c.line([(13, 26), (25, 16)], colour, 0.9)
    c.line([(27, 26), (15, 16)], colour, 0.9)
    c.line([(20, 4), (20, -4)], colour, 1)


def pagoda(c: Canvas, colour: Colour) -> None:
    for step in range(4):
        y, reach = 6 + step * 8.5, 8 + step * 2.6
        c.box(20 - reach * 0.6, y + 3, 20 + reach * 0.6, y + 9, shade(colour, 1.5))
        c.shape([(20 - reach, y + 4), (20, y - 1), (20 + reach, y + 4)], colour)


def fountain(c: Canvas, colour: Colour) -> None:
    c.ellipse(20, 36, 18, 4, colour)
    c.box(18.5, 18, 21.5, 36, colour)
    c.ellipse(20, 20, 10, 2.6, colour)
    for side in (-1, 1):
        c.arc(
            (20 - 9 + side * 9, 4, 20 + 9 + side * 9, 36), (180, 270) if side > 0 else (270, 360), (120, 176, 220), 1.4
        )
