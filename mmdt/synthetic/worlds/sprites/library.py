"""The library of sprites: drawings by name, in any colour and size, cached."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PIL import Image

from mmdt.synthetic.worlds.palette import inks
from mmdt.synthetic.worlds.sprites import animals, figures, food, nature, places, things
from mmdt.synthetic.worlds.sprites.pen import Pen

Draw = Callable[[Pen], None]

_OBJECTS: tuple[Draw, ...] = (
    food.apple, food.banana, food.mushroom, food.cup,
    things.book, things.umbrella, things.clock, things.key, things.hat, things.chair, things.bell,
    places.car, places.boat, places.rocket, places.house,
    nature.tree, nature.flower, nature.star, nature.heart, nature.balloon, nature.ball,
    animals.cat, animals.fish, animals.bird, animals.butterfly,
)  # fmt: skip
_ACTIONS: tuple[Draw, ...] = (
    figures.running, figures.sitting, figures.reading, figures.waving,
    figures.jumping, figures.sleeping, figures.cycling, figures.lifting,
)  # fmt: skip

OBJECTS: dict[str, Draw] = {draw.__name__: draw for draw in _OBJECTS}
"""Object kind -> its drawing function."""
ACTIONS: dict[str, Draw] = {draw.__name__: draw for draw in _ACTIONS}
"""Action of a figure -> its drawing function."""

PERSON = "person"
_FINE = 4
"""A drawing's side is this many times that of the sprite made from it."""


def _drawing(kind: str, action: str) -> Draw:
    return ACTIONS[action] if kind == PERSON else OBJECTS[kind]


@lru_cache(maxsize=128)
def inked(kind: str, action: str, pixels: int) -> Image.Image:
    """The drawing in indexed inks, cropped to its outline."""
    pen = Pen(pixels)
    _drawing(kind, action)(pen)
    box = pen.image.getbbox()
    assert box is not None  # noqa: S101  # every drawing draws something
    return pen.image.crop(box)


@lru_cache(maxsize=512)
def _master(kind: str, color: str, action: str, pixels: int) -> Image.Image:
    indexed = inked(kind, action, pixels * _FINE)
    picture = Image.fromarray(inks(color)[np.asarray(indexed)], "RGBA")
    return picture.reduce(_FINE)


def aspect(kind: str, action: str = "") -> float:
    """Aspect ratio (width / height) of the drawing's outline."""
    indexed = inked(kind, action, 512)
    return indexed.width / indexed.height


@lru_cache(maxsize=4096)
def sprite(kind: str, color: str, side: int, action: str = "") -> Image.Image:
    """The object as RGBA, cropped to its outline; its longer side is ``side`` pixels."""
    pixels = 128
    while pixels < side:
        pixels *= 2
    master = _master(kind, color, action, pixels)
    scale = side / max(master.size)
    size = (max(1, round(master.width * scale)), max(1, round(master.height * scale)))
    return master.resize(size, Image.Resampling.HAMMING)
