"""Drawings of vehicles and a house."""

from __future__ import annotations

from mmdt.synthetic.worlds.sprites.pen import Ink, Pen


def car(pen: Pen) -> None:
    pen.blob([(22, 50), (30, 32), (40, 26), (62, 26), (72, 33), (82, 50)], Ink.BODY)
    pen.polygon([(31, 49), (36, 36), (42, 32), (50, 32), (50, 49)], Ink.GLASS, 2.6)
    pen.polygon([(55, 49), (55, 32), (62, 32), (68, 37), (74, 49)], Ink.GLASS, 2.6)
    pen.polygon([(3, 70), (3, 58), (8, 51), (24, 48), (84, 48), (95, 53), (98, 62), (97, 70)], Ink.BODY)
    pen.line([(52, 50), (52, 68)], Ink.LINE, 2.2)
    pen.ellipse(93, 58, 3, 4, Ink.GOLD, 1.8)
    for x in (24, 76):
        pen.ellipse(x, 71, 12, 12, Ink.TYRE)
        pen.ellipse(x, 71, 5, 5, Ink.METAL, 1)


def boat(pen: Pen) -> None:
    """A sailing boat; the hull and the main sail have the object's colour."""
    pen.limb([(50, 74), (50, 4)], Ink.WOOD, 2.4)
    pen.blob([(55, 10), (68, 30), (84, 62), (68, 66), (55, 66)], Ink.WHITE)
    pen.polygon([(45, 14), (45, 66), (14, 66)], Ink.BODY)
    pen.blob([(4, 73), (96, 73), (88, 86), (76, 94), (24, 94), (12, 86)], Ink.BODY)


def rocket(pen: Pen) -> None:
    pen.blob([(38, 78), (62, 78), (58, 90), (50, 99), (42, 90)], Ink.GOLD)
    pen.blob([(30, 52), (16, 66), (13, 86), (34, 78)], Ink.SHADE)
    pen.blob([(70, 52), (84, 66), (87, 86), (66, 78)], Ink.SHADE)
    pen.blob([(50, 2), (64, 18), (71, 42), (66, 78), (50, 81), (34, 78), (29, 42), (36, 18)], Ink.BODY)
    pen.curve([(34, 24), (50, 27), (66, 24)], Ink.LINE, 2.6)
    pen.ellipse(50, 44, 10.5, 10.5, Ink.GLASS)


def house(pen: Pen) -> None:
    """The roof has the object's colour, the walls a lighter shade."""
    pen.box(66, 10, 77, 34, Ink.SHADE)
    pen.box(14, 46, 86, 95, Ink.LIGHT)
    pen.polygon([(50, 6), (97, 48), (3, 48)], Ink.BODY)
    pen.box(41, 64, 58, 95, Ink.WOOD)
    pen.box(21, 60, 35, 75, Ink.GLASS, 2.6)
    pen.box(65, 60, 79, 75, Ink.GLASS, 2.6)
    pen.line([(28, 60), (28, 75)], Ink.LINE, 1.8)
    pen.line([(72, 60), (72, 75)], Ink.LINE, 1.8)
