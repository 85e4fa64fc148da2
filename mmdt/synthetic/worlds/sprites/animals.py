"""Drawings of animals."""

from __future__ import annotations

from mmdt.synthetic.worlds.sprites.pen import Ink, Pen


def cat(pen: Pen) -> None:
    pen.curve([(66, 86), (88, 86), (92, 66), (84, 54)], Ink.LINE, 12)
    pen.curve([(66, 86), (88, 86), (92, 66), (84, 54)], Ink.BODY, 6)
    pen.blob([(34, 52), (62, 52), (74, 74), (74, 94), (48, 96), (22, 94), (22, 74)], Ink.BODY)
    pen.line([(40, 94), (40, 76)], Ink.LINE, 2.6)
    pen.line([(56, 94), (56, 76)], Ink.LINE, 2.6)
    pen.polygon([(20, 30), (18, 3), (40, 15)], Ink.BODY)
    pen.polygon([(76, 30), (78, 3), (56, 15)], Ink.BODY)
    pen.blob([(48, 13), (70, 17), (80, 36), (70, 54), (48, 60), (26, 54), (16, 36), (26, 17)], Ink.BODY)
    for x in (36, 60):
        pen.ellipse(x, 34, 5.4, 6.4, Ink.WHITE, 2)
        pen.ellipse(x, 35, 2.2, 4.4, Ink.LINE, 0)
    pen.polygon([(44, 43), (52, 43), (48, 48)], Ink.LINE, 1)
    pen.curve([(39, 50), (44, 53), (48, 48), (52, 53), (57, 50)], Ink.LINE, 2.2)
    for side in (-1, 1):
        for y, tip in ((45, 42), (49, 50)):
            pen.line([(48 + side * 14, y), (48 + side * 40, tip)], Ink.LINE, 1.8)


def fish(pen: Pen) -> None:
    pen.blob([(70, 50), (86, 32), (97, 28), (92, 50), (97, 72), (86, 68)], Ink.BODY)
    pen.blob([(38, 32), (52, 14), (66, 18), (62, 36)], Ink.SHADE)
    pen.blob([(3, 52), (16, 34), (40, 26), (62, 34), (76, 50), (62, 67), (40, 75), (16, 69)], Ink.BODY)
    pen.blob([(42, 56), (56, 52), (60, 62), (48, 68)], Ink.SHADE)
    pen.curve([(31, 33), (37, 50), (31, 69)], Ink.LINE, 2.6)
    pen.ellipse(19, 46, 6, 6, Ink.WHITE, 2)
    pen.ellipse(18, 46, 2.8, 2.8, Ink.LINE, 0)
    pen.curve([(6, 58), (12, 61), (17, 60)], Ink.LINE, 2.4)


def bird(pen: Pen) -> None:
    pen.line([(46, 80), (43, 95), (34, 96)], Ink.LINE, 3.4)
    pen.line([(56, 80), (56, 95), (47, 96)], Ink.LINE, 3.4)
    pen.polygon([(74, 52), (98, 38), (97, 52), (92, 62), (76, 70)], Ink.SHADE)
    pen.polygon([(16, 28), (1, 36), (17, 42)], Ink.GOLD)
    pen.blob(
        [(28, 12), (42, 18), (48, 36), (66, 44), (82, 56), (74, 76), (52, 84), (30, 76), (20, 56), (14, 34), (17, 18)],
        Ink.BODY,
    )
    pen.blob([(42, 50), (60, 47), (80, 60), (62, 72), (46, 66)], Ink.LIGHT)
    pen.ellipse(27, 28, 5, 5, Ink.WHITE, 2)
    pen.ellipse(26, 28, 2.4, 2.4, Ink.LINE, 0)


def butterfly(pen: Pen) -> None:
    for side in (-1, 1):
        pen.blob([(50 + side * x, y) for x, y in ((2, 44), (18, 14), (38, 6), (47, 18), (42, 40), (24, 52))], Ink.BODY)
        pen.blob([(50 + side * x, y) for x, y in ((2, 52), (24, 54), (38, 64), (34, 84), (20, 90), (8, 74))], Ink.SHADE)
        pen.ellipse(50 + side * 31, 26, 8, 8, Ink.LIGHT, 2)
        pen.ellipse(50 + side * 23, 70, 5, 6, Ink.LIGHT, 2)
        pen.curve([(50, 28), (50 + side * 6, 14), (50 + side * 13, 8)], Ink.LINE, 2.6)
    pen.ellipse(50, 53, 4.2, 26, Ink.TYRE, 2)
