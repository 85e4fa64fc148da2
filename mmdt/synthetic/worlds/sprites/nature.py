"""Drawings of plants, of a star and a heart, and of a balloon and a ball."""

from __future__ import annotations

import math

from mmdt.synthetic.worlds.sprites.pen import Ink, Pen, ellipse_points


def tree(pen: Pen) -> None:
    pen.blob([(43, 58), (57, 58), (57, 80), (64, 95), (50, 93), (36, 95), (43, 80)], Ink.WOOD)
    pen.blob(
        [(50, 4), (66, 9), (74, 20), (88, 29), (87, 48), (74, 62), (58, 61), (50, 66), (42, 61), (26, 62), (13, 48),
         (12, 29), (26, 20), (34, 9)],
        Ink.BODY,
    )  # fmt: skip
    pen.curve([(30, 30), (38, 36), (46, 32)], Ink.SHADE, 3.5)
    pen.curve([(56, 42), (64, 47), (72, 42)], Ink.SHADE, 3.5)
    pen.curve([(34, 49), (41, 54), (48, 49)], Ink.SHADE, 3.5)
    pen.curve([(52, 20), (59, 25), (66, 21)], Ink.SHADE, 3.5)


def flower(pen: Pen) -> None:
    pen.curve([(50, 50), (52, 72), (49, 96)], Ink.LINE, 8.5)
    pen.curve([(50, 50), (52, 72), (49, 95)], Ink.LEAF, 5)
    pen.blob([(51, 80), (62, 66), (80, 66), (72, 80)], Ink.LEAF)
    pen.blob([(50, 88), (38, 74), (20, 76), (29, 88)], Ink.LEAF)
    for index in range(6):
        angle = math.radians(60 * index - 90)
        pen.ellipse(50 + 20 * math.cos(angle), 33 + 20 * math.sin(angle), 12, 12, Ink.BODY)
    pen.ellipse(50, 33, 11, 11, Ink.GOLD)


def star(pen: Pen) -> None:
    points = []
    for index in range(10):
        angle, radius = math.radians(36 * index - 90), 48 if index % 2 == 0 else 20.5
        points.append((50 + radius * math.cos(angle), 52 + radius * math.sin(angle)))
    pen.polygon(points, Ink.BODY)


def heart(pen: Pen) -> None:
    angles = [math.radians(6 * step) for step in range(60)]
    pen.polygon(
        [
            (50 + 2.7 * 16 * math.sin(t) ** 3, 46 - 2.9 * _heart_height(t))
            for t in angles
        ],
        Ink.BODY,
    )  # fmt: skip
    pen.blob([(17, 36), (22, 24), (31, 20), (31, 25), (24, 31), (22, 40)], Ink.LIGHT, 0)


def _heart_height(t: float) -> float:
    return 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)


def balloon(pen: Pen) -> None:
    pen.curve([(50, 68), (46, 78), (54, 86), (49, 98)], Ink.LINE, 2.6)
    pen.polygon([(50, 62), (57, 71), (43, 71)], Ink.BODY)
    pen.blob([(50, 3), (70, 9), (80, 30), (72, 51), (50, 66), (28, 51), (20, 30), (30, 9)], Ink.BODY)
    pen.blob([(31, 28), (37, 15), (44, 13), (38, 22), (36, 34)], Ink.LIGHT, 0)


def ball(pen: Pen) -> None:
    pen.ellipse(50, 50, 46, 46, Ink.WHITE)
    for start in (-90, 30, 150):
        arc = ellipse_points(50, 50, 46, 46, start, start + 60, 24)
        pen.polygon([(50, 42), *arc], Ink.BODY, 2.6)
    pen.ellipse(50, 42, 7, 7, Ink.WHITE, 2.6)
    pen.line(ellipse_points(50, 50, 46, 46), Ink.LINE)
