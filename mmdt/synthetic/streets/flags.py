"""Flags simplified to stripes, enough to distinguish the countries of the street views."""

from __future__ import annotations

from mmdt.synthetic.canvas import Canvas, Colour

RED, WHITE, BLUE = (200, 40, 50), (250, 250, 250), (40, 60, 140)
BLACK, GOLD, GREEN = (30, 30, 30), (244, 196, 48), (30, 130, 76)

STRIPES: dict[str, tuple[bool, tuple[Colour, ...]]] = {
    "US": (False, (RED, WHITE, RED, WHITE, RED)),
    "CA": (True, (RED, WHITE, RED)),
    "GB": (False, (BLUE, WHITE, RED, WHITE, BLUE)),
    "DE": (False, (BLACK, RED, GOLD)),
    "FR": (True, (BLUE, WHITE, RED)),
    "ES": (False, (RED, GOLD, RED)),
    "MX": (True, (GREEN, WHITE, RED)),
    "BR": (False, (GREEN, GOLD, GREEN)),
    "JP": (False, (WHITE, WHITE, WHITE)),
}
"""Country code -> whether the stripes are vertical, and their colours."""


def draw_flag(canvas: Canvas, country_code: str) -> None:
    """Draw a flag, 18 units wide and 12 units high, at the current origin of the canvas."""
    upright, colours = STRIPES[country_code]
    for place, colour in enumerate(colours):
        start, end = place / len(colours), (place + 1) / len(colours)
        if upright:
            canvas.box(18 * start, 0, 18 * end, 12, colour)
        else:
            canvas.box(0, 12 * start, 18, 12 * end, colour)
    if country_code == "US":
        canvas.box(0, 0, 8, 7.2, BLUE)
    if country_code == "JP":
        canvas.ellipse(9, 6, 3.6, 3.6, RED)
    if country_code == "BR":
        canvas.ellipse(9, 6, 3, 3, BLUE)
