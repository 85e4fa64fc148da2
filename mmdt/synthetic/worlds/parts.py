"""Colours that a thing shows beside its own: the white panels of a ball, the brown trunk of a tree.

A person may name them ("a red and white ball"), and could not say whether the ball is white. So no question hangs on
them.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from mmdt.synthetic.worlds.sprites.library import PERSON, inked
from mmdt.synthetic.worlds.sprites.pen import Ink

LEAST = 0.025
"""Share of the drawing, without its contours, from which a part's colour is seen."""
_SIDE = 256
_NAMES = {
    Ink.WHITE: "white",
    Ink.GLASS: "blue",
    Ink.WOOD: "brown",
    Ink.LEAF: "green",
    Ink.TYRE: "black",
    Ink.GOLD: "yellow",
}
"""What people call the inks that are the same whatever the thing's colour is; metal and figures are grey."""
_LIGHTER = {"red": "pink"}
"""Colours whose light tone people call otherwise."""


def part_colors(kind: str, color: str = "") -> frozenset[str]:
    """The colours of the parts of a thing of a kind, without its own ``color``. Empty for people."""
    if kind == PERSON:
        return frozenset()
    shares = _shares(kind)
    found = {name for ink, name in _NAMES.items() if shares.get(ink, 0.0) >= LEAST}
    if color in _LIGHTER and shares.get(Ink.LIGHT, 0.0) >= LEAST:
        found.add(_LIGHTER[color])
    return frozenset(found) - {color}


@cache
def _shares(kind: str) -> dict[int, float]:
    inks, numbers = np.unique(np.asarray(inked(kind, "", _SIDE)), return_counts=True)
    seen = {int(ink): int(number) for ink, number in zip(inks, numbers, strict=True) if ink not in (Ink.NONE, Ink.LINE)}
    return {ink: number / sum(seen.values()) for ink, number in seen.items()}
