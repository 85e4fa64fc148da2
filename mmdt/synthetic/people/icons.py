"""Icons for the topic of a scene, each in a square of 40 units: trades, subjects, pastimes, documents."""

from __future__ import annotations

import math
from collections.abc import Callable

from mmdt.synthetic.canvas import Canvas, Colour

INK: Colour = (40, 52, 74)
PAPER: Colour = (248, 249, 252)
BLUE: Colour = (54, 110, 190)
GREEN: Colour = (62, 148, 96)
RED: Colour = (204, 62, 70)
YELLOW: Colour = (250, 204, 40)
STEEL: Colour = (140, 152, 172)
PURPLE: Colour = (120, 84, 166)

Icon = Callable[[Canvas], None]


def cross(c: Canvas) -> None:
    c.box(6, 6, 34, 34, PAPER, 4)
    c.box(16.5, 10, 23.5, 30, RED)
    c.box(10, 16.5, 30, 23.5, RED)


def heart(c: Canvas) -> None:
    c.ellipse(14, 15, 7.5, 7.5, RED)
    c.ellipse(26, 15, 7.5, 7.5, RED)
    c.shape([(7.5, 19), (32.5, 19), (20, 34)], RED)
    c.line([(4, 20), (13, 20), (16, 14), (20, 26), (24, 20), (36, 20)], PAPER, 1.6)


def board(c: Canvas) -> None:
    c.box(3, 6, 37, 30, (46, 96, 76), 1.5)
    c.text(20, 18, "abc", 13, PAPER)
    c.box(3, 30, 37, 33, STEEL)


def gear(c: Canvas) -> None:
    for step in range(8):
        turn = step * math.pi / 4
        c.ellipse(20 + 12.5 * math.cos(turn), 20 + 12.5 * math.sin(turn), 3.8, 3.8, STEEL)
    c.ellipse(20, 20, 12, 12, STEEL)
    c.ellipse(20, 20, 5, 5, INK)


def laptop(c: Canvas) -> None:
    c.box(6, 7, 34, 28, INK, 2)
    c.box(8, 9, 32, 26, (222, 236, 250))
    c.text(20, 17.5, "</>", 11, BLUE)
    c.shape([(2, 33), (6, 28), (34, 28), (38, 33)], STEEL)


def scales(c: Canvas) -> None:
    c.box(19, 6, 21, 33, INK)
    c.box(11, 32, 29, 35, INK, 1)
    c.box(6, 9, 34, 11, INK)
    for x in (8.0, 32.0):
        c.line([(x, 11), (x - 5, 22)], INK, 0.8)
        c.line([(x, 11), (x + 5, 22)], INK, 0.8)
        c.slice((x - 6, 16, x + 6, 28), (0, 180), YELLOW)


def plane(c: Canvas) -> None:
    c.ellipse(20, 20, 3.2, 16, PAPER)
    c.shape([(20, 14), (37, 26), (37, 29), (20, 23)], PAPER)
    c.shape([(20, 14), (3, 26), (3, 29), (20, 23)], PAPER)
    c.shape([(20, 29), (27, 36), (13, 36)], BLUE)


def wheat(c: Canvas) -> None:
    for x, lean in ((12.0, -3.0), (20.0, 0.0), (28.0, 3.0)):
        c.line([(20, 37), (x + lean, 8)], GREEN, 1.2)
        for row in range(4):
            c.ellipse(x + lean - 2.2, 8 + row * 4.2, 1.8, 2.6, YELLOW)
            c.ellipse(x + lean + 2.2, 8 + row * 4.2, 1.8, 2.6, YELLOW)


def flask(c: Canvas) -> None:
    c.shape([(16, 5), (24, 5), (24, 15), (35, 35), (5, 35), (16, 15)], PAPER)
    c.shape([(12, 23), (28, 23), (33, 34), (7, 34)], GREEN)
    c.ellipse(17, 28, 1.8, 1.8, PAPER)
    c.ellipse(23, 31, 1.4, 1.4, PAPER)
    c.box(14, 3, 26, 6, INK, 1)


def easel(c: Canvas) -> None:
    c.line([(10, 38), (20, 3), (30, 38)], STEEL, 1.8)
    c.box(6, 8, 34, 30, PAPER, 1)
    c.ellipse(14, 16, 4, 4, RED)
    c.shape([(8, 28), (18, 17), (28, 28)], BLUE)
    c.ellipse(27, 15, 3, 3, YELLOW)


def wrench(c: Canvas) -> None:
    c.line([(11, 29), (29, 11)], STEEL, 6)
    c.ellipse(30, 10, 7, 7, STEEL)
    c.ellipse(33, 7, 3.4, 3.4, PAPER)
    c.ellipse(10, 30, 6, 6, STEEL)
    c.ellipse(10, 30, 2.4, 2.4, PAPER)


def broom(c: Canvas) -> None:
    c.line([(27, 2), (19, 24)], STEEL, 2)
    c.shape([(14, 22), (25, 26), (24, 38), (5, 32)], YELLOW)
    c.shape([(27, 24), (38, 24), (36, 38), (29, 38)], BLUE)


def books(c: Canvas) -> None:
    for x, top, colour in ((5.0, 8.0, RED), (13.0, 12.0, BLUE), (20.0, 6.0, GREEN), (28.0, 10.0, PURPLE)):
        c.box(x, top, x + 6.6, 34, colour, 0.8)
        c.box(x + 1.4, top + 4, x + 5.2, top + 6, PAPER)
    c.box(2, 34, 38, 36.5, INK)


def pan(c: Canvas) -> None:
    c.box(24, 19.5, 39, 22.5, INK, 1)
    c.ellipse(16, 21, 13.5, 13.5, INK)
    c.ellipse(16, 21, 8, 7, PAPER)
    c.ellipse(17, 21, 3.4, 3.4, YELLOW)


def saw(c: Canvas) -> None:
    c.shape([(4, 14), (29, 10), (29, 20), (4, 18)], STEEL)
    for step in range(6):
        c.shape([(5 + step * 4, 18), (9 + step * 4, 18.6), (7 + step * 4, 22.5)], STEEL)
    c.box(28, 8, 38, 23, RED, 4)
    c.box(31.5, 12, 35, 19, PAPER, 1.5)


def flame(c: Canvas) -> None:
    c.shape([(20, 3), (31, 20), (29, 32), (11, 32), (9, 20), (15, 14)], RED)
    c.ellipse(20, 27, 10.5, 9.5, RED)
    c.ellipse(20, 29, 5.6, 6.6, YELLOW)


def till(c: Canvas) -> None:
    c.box(10, 4, 30, 14, INK, 1)
    c.text(20, 9, "9.50", 7, (120, 240, 150))
    c.box(5, 14, 35, 28, STEEL, 2)
    for column in range(4):
        c.box(9 + column * 6, 18, 12.6 + column * 6, 21, PAPER, 0.6)
    c.box(3, 28, 37, 36, INK, 1)
    c.box(16, 31, 24, 33, PAPER)


def chart(c: Canvas) -> None:
    c.box(3, 4, 37, 36, PAPER, 1.5)
    for x, top, colour in ((8.0, 25.0, STEEL), (15.0, 20.0, BLUE), (22.0, 15.0, GREEN), (29.0, 9.0, PURPLE)):
        c.box(x, top, x + 4.6, 33, colour)


def formula(c: Canvas) -> None:
    c.box(2, 8, 38, 32, PAPER, 1.5)
    c.text(20, 20, "a + b", 12, INK)


def leaf(c: Canvas) -> None:
    c.shape([(7, 33), (8, 16), (20, 6), (35, 5), (33, 20), (24, 32)], GREEN)
    c.line([(4, 37), (31, 9)], PAPER, 1.2)


def atom(c: Canvas) -> None:
    c.arc((3, 13, 37, 27), (0, 360), BLUE, 1.6)
    c.arc((13, 3, 27, 37), (0, 360), PURPLE, 1.6)
    c.ellipse(20, 20, 4, 4, RED)
    for x, y in ((36.0, 20.0), (4.0, 20.0), (20.0, 4.0)):
        c.ellipse(x, y, 2, 2, INK)


def book(c: Canvas) -> None:
    c.shape([(20, 10), (3, 6), (3, 31), (20, 35)], PAPER)
    c.shape([(20, 10), (37, 6), (37, 31), (20, 35)], (228, 232, 240))
    for row in range(4):
        c.line([(6, 12 + row * 4.6), (17, 14.6 + row * 4.6)], STEEL, 0.9)
        c.line([(34, 12 + row * 4.6), (23, 14.6 + row * 4.6)], STEEL, 0.9)


def column(c: Canvas) -> None:
    c.shape([(20, 2), (37, 11), (3, 11)], PAPER)
    for x in (7.0, 16.0, 25.0):
        c.box(x, 13, x + 6, 31, PAPER)
        c.line([(x + 3, 13), (x + 3, 31)], STEEL, 0.8)
    c.box(3, 32, 37, 36, PAPER)


def coins(c: Canvas) -> None:
    for x, count in ((10.0, 2), (20.0, 4), (30.0, 3)):
        for row in range(count):
            c.ellipse(x, 32 - row * 5.2, 5.6, 2.8, YELLOW)
            c.arc((x - 5.6, 29.2 - row * 5.2, x + 5.6, 34.8 - row * 5.2), (0, 180), INK, 0.8)


def can(c: Canvas) -> None:
    c.box(10, 14, 27, 34, GREEN, 2)
    c.arc((12, 4, 25, 22), (180, 360), GREEN, 2.2)
    c.line([(26, 28), (37, 13)], GREEN, 2.6)
    for step in range(3):
        c.ellipse(34 + step * 2, 8 - step * 1.4, 0.9, 1.4, BLUE)


def pot(c: Canvas) -> None:
    c.box(6, 17, 34, 35, STEEL, 3)
    c.box(4, 14, 36, 18, INK, 1)
    for x in (13.0, 20.0, 27.0):
        c.line([(x, 11), (x - 2, 8), (x + 2, 5), (x, 2)], PAPER, 1.3)


def bicycle(c: Canvas) -> None:
    for x in (9.5, 30.5):
        c.arc((x - 8, 19, x + 8, 35), (0, 360), INK, 1.8)
    c.line([(9.5, 27), (16, 15), (27, 15), (19, 27), (9.5, 27)], RED, 1.6)
    c.line([(30.5, 27), (26, 11), (31, 10)], RED, 1.6)
    c.line([(13, 12.5), (18.5, 12.5)], INK, 2)


def ball(c: Canvas) -> None:
    c.ellipse(20, 20, 15, 15, PAPER)
    c.shape([(20, 13), (26.5, 18), (24, 25.5), (16, 25.5), (13.5, 18)], INK)
    for turn in range(5):
        angle = turn * math.tau / 5 - math.pi / 2
        across, down = math.cos(angle), math.sin(angle)
        c.line([(20 + 7 * across, 20 + 7 * down), (20 + 14 * across, 20 + 14 * down)], INK, 1.2)


def guitar(c: Canvas) -> None:
    c.line([(17, 23), (35, 5)], INK, 2.4)
    c.ellipse(12, 28, 9, 9, (186, 60, 48))
    c.ellipse(19, 21, 6.4, 6.4, (186, 60, 48))
    c.ellipse(15, 25, 2.8, 2.8, INK)


def button(c: Canvas) -> None:
    c.ellipse(17, 22, 13, 13, PURPLE)
    for x in (13.0, 21.0):
        for y in (18.0, 26.0):
            c.ellipse(x, y, 1.9, 1.9, PAPER)
    c.line([(25, 35), (37, 5)], STEEL, 1.6)


def weight(c: Canvas) -> None:
    c.box(4, 18, 36, 22, STEEL)
    for x in (5.0, 29.0):
        c.box(x, 10, x + 6, 30, INK, 1.2)


def paper(c: Canvas) -> None:
    c.box(7, 3, 33, 37, PAPER, 1)
    c.box(11, 7, 20, 17, BLUE, 1)
    for row in range(4):
        c.line([(11, 21 + row * 4), (29, 21 + row * 4)], STEEL, 1)


def house(c: Canvas) -> None:
    c.shape([(20, 4), (38, 19), (2, 19)], RED)
    c.box(6, 19, 34, 36, PAPER)
    c.box(17, 25, 24, 36, INK)
    c.box(9, 23, 14, 28, BLUE)


def cap(c: Canvas) -> None:
    c.shape([(20, 8), (39, 16), (20, 24), (1, 16)], INK)
    c.shape([(9, 20), (20, 25), (31, 20), (31, 29), (20, 33), (9, 29)], INK)
    c.line([(36, 17), (36, 30)], YELLOW, 1.4)


def card(c: Canvas) -> None:
    c.box(2, 9, 38, 32, BLUE, 3)
    c.box(2, 14, 38, 18.5, INK)
    c.box(6, 24, 18, 27, PAPER, 1)


def star(c: Canvas) -> None:
    points = []
    for step in range(10):
        angle = step * math.pi / 5 - math.pi / 2
        reach = 17 if step % 2 == 0 else 7
        points.append((20 + reach * math.cos(angle), 20.5 + reach * math.sin(angle)))
    c.shape(points, YELLOW)
