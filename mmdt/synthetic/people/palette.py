"""Colours of people. They differ from the colours of clothes and walls, so that faces can be read from pixels."""

from __future__ import annotations

from mmdt.synthetic.canvas import Colour
from mmdt.synthetic.people.attributes import Tone

SKIN: dict[Tone, Colour] = {
    "light": (245, 211, 184),
    "tan": (224, 172, 122),
    "brown": (171, 112, 68),
    "dark": (99, 62, 42),
}
HAIR: tuple[Colour, ...] = ((44, 34, 34), (58, 40, 34), (30, 28, 38))
"""Hair colour of young people by style; dark hair fits every tone."""
GREY: Colour = (196, 198, 204)
"""Hair colour of old people."""
EYE_WHITE: Colour = (252, 252, 252)
IRIS: Colour = (38, 30, 30)
JEWEL: Colour = (236, 190, 40)
VISOR: Colour = (120, 134, 150)


def shade(colour: Colour, factor: float) -> Colour:
    """The colour made darker (factor below 1) or lighter (above 1)."""
    red, green, blue = (min(max(round(part * factor), 0), 255) for part in colour)
    return red, green, blue
