"""Scrambled patch: a square with the colours and textures of another picture, but none of its shapes."""

from __future__ import annotations

import random

from PIL import Image as Pil

from mmdt.attacks.pictures.area import Area, pixels
from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.core.image import Image

_CORNER: Area = (0.38, 0.74, 0.62, 0.97)


def patch(picture: Pil.Image, wanted: Pil.Image, area: Area, rng: random.Random, tiles: int = 6) -> Pil.Image:
    """The picture with a square patch made of the scrambled tiles of another picture.

    It has all colours and textures of ``wanted`` and none of its shapes. The idea is that of Brown et al.,
    "Adversarial patch", 2017, but without gradients.
    """
    attacked = picture.convert("RGB")
    x0, y0, x1, y1 = pixels(attacked, area)
    side = max(tiles, min(x1 - x0, y1 - y0) // tiles * tiles)
    left, top = (x0 + x1 - side) // 2, (y0 + y1 - side) // 2
    attacked.paste(scrambled(wanted.convert("RGB").resize((side, side)), tiles, rng), (left, top))
    return attacked


def scrambled(picture: Pil.Image, tiles: int, rng: random.Random) -> Pil.Image:
    """The picture cut into ``tiles`` x ``tiles`` squares, which are rotated and shuffled."""
    side = picture.width // tiles
    places = [(column * side, row * side) for row in range(tiles) for column in range(tiles)]
    result = Pil.new("RGB", (side * tiles, side * tiles))
    for (left, top), put in zip(rng.sample(places, len(places)), places, strict=True):
        tile = picture.crop((left, top, left + side, top + side))
        result.paste(tile.rotate(90 * rng.randrange(4)), put)
    return result


def _change(attempt: Attempt, rng: random.Random, wanted: Image | None, area: Area, tiles: int) -> Attempt:
    def patched(picture: Pil.Image) -> Pil.Image:
        return patch(picture, wanted.pil() if wanted is not None else picture, area, rng, tiles)

    return change_pictures(attempt, SCRAMBLED_PATCH.name, patched)


SCRAMBLED_PATCH = Attack(
    "scrambled-patch",
    I2T,
    _change,
    "covers part of the picture with scrambled tiles of another picture (or of itself)",
    kind="picture",
    parameters={"wanted": None, "area": _CORNER, "tiles": 6},
    source='after Brown et al., "Adversarial patch", 2017',
    constraint="no pixel outside the area changes",
)
