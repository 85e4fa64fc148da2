"""Drawings of food and of a cup."""

from __future__ import annotations

from mmdt.synthetic.worlds.sprites.pen import Ink, Pen


def apple(pen: Pen) -> None:
    pen.blob(
        [(50, 31), (66, 23), (84, 29), (92, 48), (86, 72), (70, 92), (50, 89), (30, 92), (14, 72), (8, 48), (16, 29),
         (34, 23)],
        Ink.BODY,
    )  # fmt: skip
    pen.blob([(20, 46), (27, 35), (33, 37), (27, 48), (24, 58)], Ink.LIGHT, 0)
    pen.curve([(50, 33), (51, 22), (56, 10)], Ink.LINE, 8)
    pen.curve([(50, 32), (51, 22), (56, 11)], Ink.WOOD, 4)
    pen.blob([(55, 20), (66, 7), (84, 8), (78, 20), (66, 24)], Ink.LEAF)


def banana(pen: Pen) -> None:
    pen.blob(
        [(13, 20), (22, 17), (29, 38), (45, 56), (66, 63), (88, 59), (95, 66), (84, 79), (60, 85), (36, 78), (18, 58),
         (11, 36)],
        Ink.BODY,
    )  # fmt: skip
    pen.curve([(20, 36), (32, 58), (52, 72), (72, 74), (88, 67)], Ink.SHADE, 3)
    pen.polygon([(12, 22), (11, 8), (20, 6), (23, 19)], Ink.WOOD)
    pen.ellipse(91, 64, 4, 5, Ink.TYRE, 0)


def mushroom(pen: Pen) -> None:
    pen.blob([(38, 50), (62, 50), (64, 72), (69, 88), (50, 94), (31, 88), (36, 72)], Ink.WHITE)
    pen.blob(
        [(5, 52), (10, 30), (28, 12), (50, 7), (72, 12), (90, 30), (95, 52), (72, 60), (50, 62), (28, 60)], Ink.BODY
    )
    for x, y, radius in ((31, 34, 8), (56, 24, 7), (74, 42, 7.5), (49, 49, 6), (18, 49, 4.5)):
        pen.ellipse(x, y, radius, radius * 0.85, Ink.WHITE, 1.6)


def cup(pen: Pen) -> None:
    pen.curve([(70, 40), (92, 38), (93, 62), (66, 68)], Ink.LINE, 12)
    pen.curve([(70, 40), (92, 38), (93, 62), (66, 68)], Ink.BODY, 6)
    pen.blob([(8, 30), (10, 55), (18, 82), (32, 90), (50, 90), (62, 82), (71, 55), (73, 30)], Ink.BODY)
    pen.blob([(15, 42), (20, 42), (23, 62), (27, 76), (21, 72), (17, 58)], Ink.LIGHT, 0)
    pen.ellipse(40.5, 30, 32.5, 9, Ink.SHADE)
    pen.ellipse(40.5, 32, 25, 5, Ink.WOOD, 0)
