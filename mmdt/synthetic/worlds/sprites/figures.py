"""Drawings of people doing things: pictogram figures whose shirt has the object's colour."""

from __future__ import annotations

from collections.abc import Sequence

from mmdt.synthetic.worlds.sprites.pen import Ink, Pen, Point

Limbs = Sequence[Sequence[Point]]
LIMB = 7.0
HEAD = 9.5


def _person(pen: Pen, head: Point, neck: Point, hip: Point, arms: Limbs, legs: Limbs) -> None:
    for leg in legs:
        pen.limb(leg, Ink.FIGURE, LIMB)
    pen.limb([neck, hip], Ink.BODY, 20)
    for arm in arms:
        pen.limb(arm, Ink.FIGURE, LIMB - 1.5)
    pen.ellipse(*head, HEAD, HEAD, Ink.FIGURE)


def running(pen: Pen) -> None:
    legs = [[(46, 58), (68, 68), (60, 90), (70, 92)], [(42, 60), (34, 76), (10, 78), (7, 70)]]
    arms = [[(56, 34), (74, 46), (88, 34)], [(50, 36), (30, 34), (24, 50)]]
    _person(pen, (64, 14), (56, 33), (45, 54), arms, legs)


def sitting(pen: Pen) -> None:
    for x in (22, 58):
        pen.limb([(x, 70), (x, 96)], Ink.WOOD, 4)
    pen.limb([(20, 34), (20, 70)], Ink.WOOD, 5)
    pen.box(17, 64, 64, 71, Ink.WOOD)
    legs = [[(38, 58), (68, 60), (70, 92), (80, 94)]]
    _person(pen, (42, 14), (40, 34), (38, 56), [[(42, 36), (52, 52), (66, 52)]], legs)


def reading(pen: Pen) -> None:
    """Standing and holding up a large open book."""
    legs = [[(32, 62), (30, 94), (40, 95)], [(38, 62), (42, 94), (52, 95)]]
    _person(pen, (36, 13), (35, 34), (35, 58), [[(36, 38), (46, 54), (62, 52)]], legs)
    pen.polygon([(54, 34), (72, 42), (92, 32), (92, 56), (72, 66), (54, 58)], Ink.WHITE)
    pen.line([(72, 42), (72, 66)], Ink.LINE, 2.6)
    for y in (43, 50):
        pen.line([(59, y), (67, y + 4)], Ink.METAL, 2.4)
        pen.line([(77, y + 3), (87, y - 2)], Ink.METAL, 2.4)


def waving(pen: Pen) -> None:
    legs = [[(46, 62), (42, 95), (34, 95)], [(54, 62), (58, 95), (66, 95)]]
    arms = [[(44, 34), (28, 46), (30, 62)], [(56, 34), (74, 28), (80, 8)]]
    _person(pen, (50, 14), (50, 34), (50, 58), arms, legs)
    pen.curve([(66, 6), (63, 11), (66, 17)], Ink.LINE, 2.6)
    pen.curve([(91, 4), (95, 10), (92, 16)], Ink.LINE, 2.6)


def jumping(pen: Pen) -> None:
    legs = [[(46, 52), (30, 60), (26, 76), (16, 76)], [(54, 52), (70, 60), (74, 76), (84, 76)]]
    arms = [[(44, 28), (26, 20), (16, 4)], [(56, 28), (74, 20), (84, 4)]]
    _person(pen, (50, 12), (50, 30), (50, 50), arms, legs)
    pen.line([(20, 95), (80, 95)], Ink.LINE, 4)
    for x in (36, 50, 64):
        pen.line([(x, 80), (x, 88)], Ink.METAL, 3)


def sleeping(pen: Pen) -> None:
    """Lying in bed under a blanket of the object's colour."""
    for x in (8, 92):
        pen.limb([(x, 50), (x, 90)], Ink.WOOD, 5)
    pen.box(6, 74, 94, 82, Ink.WOOD)
    pen.blob([(11, 72), (11, 60), (20, 55), (34, 60), (36, 72)], Ink.WHITE)
    pen.ellipse(27, 56, HEAD, HEAD, Ink.FIGURE)
    pen.blob([(34, 73), (36, 58), (52, 50), (76, 52), (90, 58), (91, 73)], Ink.BODY)
    for x, y, side in ((44, 30, 9), (56, 13, 12)):
        pen.line([(x, y), (x + side, y), (x, y + side), (x + side, y + side)], Ink.LINE, 3.2)


def cycling(pen: Pen) -> None:
    for x in (21, 79):
        pen.ellipse(x, 76, 18, 18, Ink.NONE, 4.4)
    pen.line([(21, 76), (44, 52), (72, 52), (48, 76), (21, 76)], Ink.LINE, 3.6)
    pen.line([(79, 76), (70, 46), (80, 44)], Ink.LINE, 3.6)
    pen.line([(48, 76), (42, 48)], Ink.LINE, 3.6)
    pen.line([(36, 48), (48, 48)], Ink.LINE, 5)
    _person(
        pen, (60, 12), (56, 26), (44, 42), [[(58, 28), (66, 40), (77, 43)]], [[(43, 46), (62, 56), (50, 76), (57, 78)]]
    )


def lifting(pen: Pen) -> None:
    """Holding a barbell overhead."""
    legs = [[(46, 66), (36, 82), (34, 96), (26, 96)], [(54, 66), (64, 82), (66, 96), (74, 96)]]
    pen.line([(8, 10), (92, 10)], Ink.LINE, 4.4)
    for x in (6, 94):
        pen.box(x - 5, 1, x + 5, 19, Ink.METAL)
    _person(pen, (50, 26), (50, 44), (50, 62), [[(43, 44), (28, 32), (28, 12)], [(57, 44), (72, 32), (72, 12)]], legs)
