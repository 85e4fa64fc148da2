"""The colours of the worlds: of objects, and of the inks in a drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmdt.synthetic.worlds.sprites.pen import Ink

Rgb = tuple[int, int, int]

COLORS: dict[str, Rgb] = {
    "red": (215, 38, 38),
    "orange": (247, 140, 25),
    "yellow": (250, 216, 42),
    "green": (52, 160, 62),
    "blue": (38, 98, 214),
    "purple": (124, 58, 178),
    "pink": (248, 142, 190),
    "brown": (136, 84, 44),
    "black": (54, 54, 60),
    "white": (250, 250, 250),
}
"""Names of well-separated colours that people agree on."""

SIMILAR = (("red", "orange"), ("orange", "yellow"), ("pink", "purple"), ("blue", "purple"), ("orange", "brown"))
"""Pairs that are easily confused; hard scenes use such pairs."""

_FIXED: dict[Ink, Rgb] = {
    Ink.LINE: (34, 30, 36),
    Ink.WHITE: (252, 252, 250),
    Ink.GLASS: (178, 222, 240),
    Ink.WOOD: (128, 82, 48),
    Ink.LEAF: (72, 168, 70),
    Ink.TYRE: (58, 58, 64),
    Ink.METAL: (158, 162, 170),
    Ink.GOLD: (252, 200, 60),
    Ink.FIGURE: (92, 84, 90),
}


def inks(color: str) -> NDArray[np.uint8]:
    """The RGBA values of every ink for an object of a given colour, shape (256, 4)."""
    table = np.zeros((256, 4), np.uint8)
    for ink, rgb in _FIXED.items():
        table[ink] = (*rgb, 255)
    body = COLORS[color]
    table[Ink.BODY] = (*body, 255)
    table[Ink.SHADE] = (*_mixed(body, (0, 0, 0), 0.22), 255)
    table[Ink.LIGHT] = (*_mixed(body, (255, 255, 255), 0.45), 255)
    return table


def _mixed(rgb: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round((1 - share) * one + share * two) for one, two in zip(rgb, other, strict=True))
    return red, green, blue
