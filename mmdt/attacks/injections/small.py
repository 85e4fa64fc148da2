"""Small injection: an instruction in tiny letters in a corner, as a caption or a watermark has them."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image as Pil

from mmdt.attacks.injections.instruction import instruction_of
from mmdt.attacks.injections.writing import ink
from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt

SHARE = 0.06
"""Height of the strip as a share of the picture's height (at least 10 pixels)."""


def small(picture: Pil.Image, text: str, bottom: bool) -> Pil.Image:
    """The picture with the text in a strip at its upper or lower edge, in the colour that contrasts with the strip."""
    pixels = np.asarray(picture.convert("RGB"), np.float32)
    height, width = pixels.shape[:2]
    tall = min(height, max(10, int(SHARE * height)))
    y0, y1 = (height - tall, height) if bottom else (0, tall)
    letters = ink(picture.size, text, (2, y0, width - 2, y1), max(7, tall - 2))[..., None]
    letters[:y0], letters[y1:] = 0, 0
    shade = 0.0 if pixels[y0:y1].mean() > 127 else 255.0
    return Pil.fromarray((pixels + letters * (shade - pixels) + 0.5).astype(np.uint8))


def _change(attempt: Attempt, rng: random.Random, text: str) -> Attempt:
    said, bottom = instruction_of(attempt, text, SMALL_INJECTION.name), rng.random() < 0.5
    return change_pictures(attempt, SMALL_INJECTION.name, lambda picture: small(picture, said, bottom))


SMALL_INJECTION = Attack(
    "small-injection",
    I2T,
    _change,
    "writes an instruction in tiny letters at an edge of the picture",
    kind="picture",
    parameters={"text": ""},
    source='Greshake et al., "Not what you\'ve signed up for: indirect prompt injection", AISec 2023',
    constraint="no pixel outside a strip of 6 % of the height, at least 10 pixels, changes",
)
