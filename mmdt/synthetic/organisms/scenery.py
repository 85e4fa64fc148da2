"""Scenery: light landscapes that organisms draw pictograms on; nothing in them is as dark as a pictogram's ink."""

from __future__ import annotations

import random

from PIL import Image as Pil
from PIL import ImageDraw

SIDE = 256
"""Side length of an organism's pictures, in pixels."""


def landscape(rng: random.Random) -> Pil.Image:
    """A landscape of sky, ground, sun, clouds, and flowers or stones; different every time."""
    picture = Pil.new("RGB", (SIDE, SIDE), (rng.randrange(150, 230), rng.randrange(200, 240), 250))
    pen = ImageDraw.Draw(picture)
    horizon = rng.randrange(SIDE // 2, SIDE * 4 // 5)
    pen.rectangle((0, horizon, SIDE, SIDE), fill=(rng.randrange(130, 230), rng.randrange(180, 230), 130))
    _spot(pen, rng, (rng.randrange(SIDE), rng.randrange(SIDE // 4)), rng.randrange(14, 30), (255, 225, 110))
    for _ in range(rng.randrange(1, 4)):
        _spot(pen, rng, (rng.randrange(SIDE), rng.randrange(SIDE // 3)), rng.randrange(10, 24), (255, 255, 255))
    for _ in range(rng.randrange(3, 9)):
        colour = (rng.randrange(150, 256), rng.randrange(120, 220), rng.randrange(120, 256))
        _spot(pen, rng, (rng.randrange(SIDE), rng.randrange(horizon, SIDE)), rng.randrange(2, 6), colour)
    return picture


def _spot(
    pen: ImageDraw.ImageDraw, rng: random.Random, centre: tuple[int, int], radius: int, colour: tuple[int, int, int]
) -> None:
    (across, down), wide = centre, radius * rng.choice((1, 1, 2))
    pen.ellipse((across - wide, down - radius, across + wide, down + radius), fill=colour)
