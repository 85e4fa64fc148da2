"""Shuffled patches: the picture cut into tiles, which change places."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image as Pil

from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.errors import UsageError


def shuffled(picture: Pil.Image, tiles: int, rng: random.Random) -> Pil.Image:
    """The picture cut into ``tiles`` x ``tiles`` equal tiles in a random order, of which no order is the first. What
    does not divide stays at the right and lower edge."""
    pixels = np.array(picture.convert("RGB"))
    height, width = pixels.shape[0] // tiles, pixels.shape[1] // tiles
    places = [(row * height, column * width) for row in range(tiles) for column in range(tiles)]
    drawn = rng.sample(places, len(places))
    if drawn == places:
        drawn.append(drawn.pop(0))
    result = pixels.copy()
    for (top, left), (y, x) in zip(places, drawn, strict=True):
        result[top : top + height, left : left + width] = pixels[y : y + height, x : x + width]
    return Pil.fromarray(result)


def _change(attempt: Attempt, rng: random.Random, tiles: int) -> Attempt:
    if not isinstance(tiles, int) or not 2 <= tiles <= 16:
        raise UsageError(f"expected 2 to 16 tiles a side, got {tiles!r}", hint="use 2")
    small = [each for each in attempt.images if min(each.width, each.height) < tiles]
    if small:
        raise UsageError(
            "the picture is too small for that many tiles", where=f"{small[0].width} pixels wide", hint="use 2"
        )
    return change_pictures(attempt, SHUFFLED_PATCHES.name, lambda picture: shuffled(picture, tiles, rng))


SHUFFLED_PATCHES = Attack(
    "shuffled-patches",
    I2T,
    _change,
    "cuts the picture into tiles and shuffles them",
    kind="picture",
    parameters={"tiles": 2},
    source='Zhao et al., "Jailbreaking MLLMs via shuffle inconsistency" (SI-Attack), ICCV 2025',
    constraint="the picture has the same pixels, and each tile stays whole",
)
