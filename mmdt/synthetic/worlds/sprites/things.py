"""Drawings of household things."""

from __future__ import annotations

import math

from mmdt.synthetic.worlds.sprites.pen import Ink, Pen, ellipse_points


def book(pen: Pen) -> None:
    """An open book, seen from the front."""
    pen.polygon([(0, 16), (50, 26), (100, 16), (100, 88), (50, 98), (0, 88)], Ink.BODY)
    pen.blob([(13, 18), (26, 13), (41, 17), (50, 26), (50, 82), (39, 75), (26, 71), (13, 74)], Ink.WHITE, 2.6)
    pen.blob([(87, 18), (74, 13), (59, 17), (50, 26), (50, 82), (61, 75), (74, 71), (87, 74)], Ink.WHITE, 2.6)
    for y in (32, 44, 56):
        pen.curve([(20, y - 3), (30, y - 5), (42, y + 2)], Ink.METAL, 3)
        pen.curve([(80, y - 3), (70, y - 5), (58, y + 2)], Ink.METAL, 3)


def umbrella(pen: Pen) -> None:
    pen.curve([(50, 46), (50, 78), (50, 88), (43, 96), (34, 93), (33, 85)], Ink.LINE, 8)
    pen.curve([(50, 46), (50, 78), (50, 88), (43, 96), (34, 93), (33, 86)], Ink.WOOD, 4)
    pen.line([(50, 4), (50, 12)], Ink.LINE, 4.5)
    rim = [(97, 54), (81, 46), (65, 54), (50, 46), (35, 54), (19, 46), (3, 54)]
    pen.polygon([*ellipse_points(50, 54, 47, 45, 180, 360, 40), *rim], Ink.BODY)
    pen.curve([(50, 9), (37, 26), (35, 53)], Ink.LINE, 2.4)
    pen.curve([(50, 9), (63, 26), (65, 53)], Ink.LINE, 2.4)


def clock(pen: Pen) -> None:
    """A wall clock; the rim has the object's colour."""
    pen.ellipse(50, 50, 47, 47, Ink.BODY)
    pen.ellipse(50, 50, 35, 35, Ink.WHITE, 2.6)
    for hour in range(12):
        angle = math.radians(30 * hour)
        near, far = (25, 31) if hour % 3 == 0 else (28, 31)
        tick = [(50 + radius * math.sin(angle), 50 - radius * math.cos(angle)) for radius in (near, far)]
        pen.line(tick, Ink.LINE, 3.4 if hour % 3 == 0 else 2.2)
    pen.line([(50, 50), (50, 27)], Ink.LINE, 3.4)
    pen.line([(50, 50), (66, 59)], Ink.LINE, 4.4)
    pen.ellipse(50, 50, 3.6, 3.6, Ink.LINE, 0)


def key(pen: Pen) -> None:
    pen.polygon(
        [(42, 44), (97, 44), (97, 70), (86, 70), (86, 56), (79, 56), (79, 66), (68, 66), (68, 56), (42, 56)], Ink.BODY
    )
    pen.ellipse(26, 50, 23, 23, Ink.BODY)
    pen.ellipse(22, 50, 9.5, 9.5, Ink.NONE)


def hat(pen: Pen) -> None:
    """A top hat."""
    pen.ellipse(50, 80, 47, 13, Ink.BODY)
    pen.polygon([(26, 78), (22, 18), (78, 18), (74, 78), (62, 82), (50, 83), (38, 82)], Ink.BODY)
    pen.polygon([(25.5, 62), (74.5, 62), (74, 76), (62, 80), (50, 81), (38, 80), (26, 76)], Ink.SHADE, 2.4)
    pen.ellipse(50, 18, 28, 7, Ink.LIGHT)


def chair(pen: Pen) -> None:
    for x, top in ((24, 60), (66, 60), (38, 56), (80, 52)):
        pen.limb([(x, top), (x, 95)], Ink.WOOD, 4.5)
    pen.polygon([(18, 62), (34, 50), (86, 50), (74, 62)], Ink.BODY)
    pen.box(18, 62, 74, 69, Ink.SHADE, 2.6)
    for x in (40, 80):
        pen.limb([(x, 8), (x, 50)], Ink.WOOD, 4.5)
    pen.box(34, 5, 86, 18, Ink.BODY)
    pen.box(37, 25, 83, 36, Ink.BODY)


def bell(pen: Pen) -> None:
    pen.ellipse(50, 86, 11, 9, Ink.METAL)
    pen.ellipse(50, 10, 7, 7, Ink.NONE, 4)
    pen.blob(
        [
            (50, 14),
            (64, 20),
            (74, 38),
            (77, 60),
            (90, 78),
            (84, 84),
            (50, 86),
            (16, 84),
            (10, 78),
            (23, 60),
            (26, 38),
            (36, 20),
        ],
        Ink.BODY,
    )
    pen.curve([(17, 73), (34, 77), (50, 78), (66, 77), (83, 73)], Ink.LINE, 2.6)
    pen.curve([(35, 58), (37, 42), (42, 31)], Ink.LIGHT, 5)
