"""Cover: a harmless drawn landscape, for attacks that need a second picture."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

_SKIES = ((150, 200, 240), (250, 214, 165), (200, 220, 235))
_GROUNDS = ((90, 150, 80), (200, 180, 120), (120, 160, 110))
_SHAPES = ((200, 60, 60), (240, 200, 60), (80, 90, 190), (150, 90, 170), (250, 250, 250))


def cover(size: tuple[int, int], rng: random.Random) -> Image.Image:
    """A landscape of that width and height: sky, ground, a sun and a few hills and balls."""
    width, height = size
    picture = Image.new("RGB", size, rng.choice(_SKIES))
    pen = ImageDraw.Draw(picture)
    horizon = round(height * rng.uniform(0.5, 0.75))
    for _ in range(3):
        middle, half = rng.randrange(width), width * rng.uniform(0.2, 0.5)
        peak = height * rng.uniform(0.25, 0.5)
        pen.ellipse((middle - half, peak, middle + half, 2 * height), rng.choice(_GROUNDS))
    pen.rectangle((0, horizon, width, height), rng.choice(_GROUNDS))
    for _ in range(rng.randrange(3, 7)):
        x, y, side = rng.randrange(width), rng.randrange(height), min(size) * rng.uniform(0.06, 0.16)
        pen.ellipse((x, y, x + side, y + side), rng.choice(_SHAPES))
    return picture
