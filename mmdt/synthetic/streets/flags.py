"""National flags as people know them, without arms: of the countries whose flag can be drawn from simple shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mmdt.synthetic.canvas import Canvas, Colour, Point

WIDTH, HEIGHT = 18.0, 12.0
RED, WHITE, BLUE = (206, 32, 44), (250, 250, 250), (32, 60, 150)
BLACK, GOLD, GREEN = (24, 24, 24), (250, 206, 30), (20, 134, 76)
NAVY, SKY_BLUE, ORANGE, MAROON, CRIMSON = (10, 36, 106), (84, 152, 214), (244, 132, 40), (150, 40, 50), (190, 20, 50)

STRIPES: Mapping[str, tuple[bool, tuple[tuple[float, Colour], ...]]] = {
    "US": (False, tuple((1.0, WHITE if place % 2 else RED) for place in range(13))),
    "DE": (False, ((1, BLACK), (1, RED), (1, GOLD))),
    "FR": (True, ((1, BLUE), (1, WHITE), (1, RED))),
    "ES": (False, ((1, RED), (2, GOLD), (1, RED))),
    "IT": (True, ((1, GREEN), (1, WHITE), (1, RED))),
    "NL": (False, ((1, RED), (1, WHITE), (1, BLUE))),
    "BE": (True, ((1, BLACK), (1, GOLD), (1, RED))),
    "IE": (True, ((1, GREEN), (1, WHITE), (1, ORANGE))),
    "AT": (False, ((1, RED), (1, WHITE), (1, RED))),
    "PL": (False, ((1, WHITE), (1, RED))),
    "HU": (False, ((1, RED), (1, WHITE), (1, GREEN))),
    "BG": (False, ((1, WHITE), (1, GREEN), (1, RED))),
    "RO": (True, ((1, BLUE), (1, GOLD), (1, RED))),
    "RU": (False, ((1, WHITE), (1, BLUE), (1, RED))),
    "UA": (False, ((1, SKY_BLUE), (1, GOLD))),
    "EE": (False, ((1, SKY_BLUE), (1, BLACK), (1, WHITE))),
    "LT": (False, ((1, GOLD), (1, GREEN), (1, RED))),
    "LV": (False, ((2, MAROON), (1, WHITE), (2, MAROON))),
    "CO": (False, ((2, GOLD), (1, BLUE), (1, RED))),
    "NG": (True, ((1, GREEN), (1, WHITE), (1, GREEN))),
    "PE": (True, ((1, RED), (1, WHITE), (1, RED))),
    "TH": (False, ((1, RED), (1, WHITE), (2, NAVY), (1, WHITE), (1, RED))),
    "CA": (True, ((1, RED), (2, WHITE), (1, RED))),
    "CZ": (False, ((1, WHITE), (1, RED))),
    "JP": (False, ((1, WHITE),)),
    "CH": (False, ((1, RED),)),
    "BR": (False, ((1, GREEN),)),
    "GB": (False, ((1, NAVY),)),
    "SE": (False, ((1, BLUE),)),
    "NO": (False, ((1, CRIMSON),)),
    "DK": (False, ((1, CRIMSON),)),
    "FI": (False, ((1, WHITE),)),
    "IS": (False, ((1, BLUE),)),
}
"""Country code -> whether the stripes are vertical, and their widths and colours."""
_CROSSES: Mapping[str, tuple[tuple[Colour, float], ...]] = {
    "SE": ((GOLD, 2.4),),
    "DK": ((WHITE, 1.9),),
    "FI": ((NAVY, 3.0),),
    "NO": ((WHITE, 3.2), (NAVY, 1.6)),
    "IS": ((WHITE, 3.2), (RED, 1.6)),
}
"""Country code -> colours and widths of a cross towards the hoist, the widest first."""
_LEAF: tuple[Point, ...] = (
    (0.0, -4.6), (0.9, -2.9), (2.0, -3.4), (1.6, -1.0), (2.7, -2.2), (3.0, -1.4), (4.3, -1.6), (3.8, -0.3),
    (4.5, 0.3), (2.2, 2.1), (2.5, 2.9), (0.3, 2.6), (0.3, 4.6), (-0.3, 4.6), (-0.3, 2.6), (-2.5, 2.9), (-2.2, 2.1),
    (-4.5, 0.3), (-3.8, -0.3), (-4.3, -1.6), (-3.0, -1.4), (-2.7, -2.2), (-1.6, -1.0), (-2.0, -3.4), (-0.9, -2.9),
)  # fmt: skip


def draw_flag(canvas: Canvas, country_code: str) -> None:
    """Draw a flag, 18 units wide and 12 units high, at the current origin of the canvas."""
    canvas.box(-0.3, -0.3, WIDTH + 0.3, HEIGHT + 0.3, (120, 120, 124))
    upright, stripes = STRIPES[country_code]
    total, done = sum(width for width, _ in stripes), 0.0
    for width, colour in stripes:
        start, end = done / total, (done + width) / total
        done += width
        if upright:
            canvas.box(WIDTH * start, 0, WIDTH * end, HEIGHT, colour)
        else:
            canvas.box(0, HEIGHT * start, WIDTH, HEIGHT * end, colour)
    for colour, width in _CROSSES.get(country_code, ()):
        canvas.box(6.4 - width / 2, 0, 6.4 + width / 2, HEIGHT, colour)
        canvas.box(0, 6 - width / 2, WIDTH, 6 + width / 2, colour)
    if country_code in _SIGNS:
        _SIGNS[country_code](canvas)


def _canton(canvas: Canvas) -> None:
    """The blue field with rows of stars."""
    canvas.box(0, 0, 8, HEIGHT * 7 / 13, NAVY)
    for row in range(5):
        for column in range(6 if row % 2 == 0 else 5):
            canvas.ellipse(0.9 + column * 1.25 + (row % 2) * 0.62, 0.85 + row * 1.2, 0.3, 0.3, WHITE)


def _leaf(canvas: Canvas) -> None:
    canvas.shape([(9 + x, 6.1 + y) for x, y in _LEAF], RED)


def _union(canvas: Canvas) -> None:
    """The crosses of St Andrew, St Patrick and St George."""
    for colour, width in ((WHITE, 2.4), (RED, 0.9)):
        canvas.line([(0, 0), (WIDTH, HEIGHT)], colour, width)
        canvas.line([(0, HEIGHT), (WIDTH, 0)], colour, width)
    for colour, width in ((WHITE, 4.0), (RED, 2.4)):
        canvas.box(9 - width / 2, 0, 9 + width / 2, HEIGHT, colour)
        canvas.box(0, 6 - width / 2, WIDTH, 6 + width / 2, colour)
    canvas.box(-1.2, -1.2, WIDTH + 1.2, 0, (176, 214, 240))
    canvas.box(-1.2, HEIGHT, WIDTH + 1.2, HEIGHT + 1.2, (176, 214, 240))


def _disc(canvas: Canvas) -> None:
    canvas.ellipse(9, 6, 3.6, 3.6, RED)


def _rhombus(canvas: Canvas) -> None:
    canvas.shape([(1.4, 6), (9, 1), (16.6, 6), (9, 11)], GOLD)
    canvas.ellipse(9, 6, 2.7, 2.7, NAVY)
    canvas.arc((4.6, 5.2, 13.4, 14), (222, 318), WHITE, 0.7)


def _plus(canvas: Canvas) -> None:
    canvas.box(7.8, 2.4, 10.2, 9.6, WHITE)
    canvas.box(5.4, 4.8, 12.6, 7.2, WHITE)


def _wedge(canvas: Canvas) -> None:
    canvas.shape([(0, 0), (9, 6), (0, 12)], BLUE)


_SIGNS: Mapping[str, Callable[[Canvas], None]] = {
    "US": _canton,
    "CA": _leaf,
    "GB": _union,
    "JP": _disc,
    "BR": _rhombus,
    "CH": _plus,
    "CZ": _wedge,
}
