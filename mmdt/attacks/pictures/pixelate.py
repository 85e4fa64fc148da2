"""Pixelation: a picture at low resolution, enlarged."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.attacks.pictures.severity import IMAGENET_C, level, severity_attack

_PIXELS = (0.6, 0.5, 0.4, 0.3, 0.25)


def pixelate(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """The picture at 0.6 to 0.25 of its resolution, each pixel as a block. Nothing is random: ``rng`` is unused."""
    return in_blocks(picture, _PIXELS[level(severity)])


def in_blocks(picture: Image.Image, share: float) -> Image.Image:
    """The picture at this share of its resolution, each pixel as a block."""
    small = (max(1, int(picture.width * share)), max(1, int(picture.height * share)))
    return picture.convert("RGB").resize(small, Image.Resampling.BOX).resize(picture.size, Image.Resampling.NEAREST)


PIXELATE = severity_attack("pixelate", pixelate, "lowers the resolution of the picture", IMAGENET_C)
