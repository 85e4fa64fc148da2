"""Fog: a bright haze with clouds in it."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.attacks.pictures import painterly
from mmdt.attacks.pictures.severity import IMAGENET_C, level, severity_attack

_DENSITY = (0.35, 0.45, 0.55, 0.65, 0.72)


def fog(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """The picture through a white haze of 35 to 72 % on average, with clouds at three scales (halved each time)."""
    pixels = painterly.opened(picture)
    shape = (pixels.shape[0], pixels.shape[1])
    clouds = np.zeros(shape, np.float32)
    for octave in range(3):
        clouds += painterly.noise(shape, max(2.0, min(shape) / (8 * 2**octave)), rng) / 2**octave
    density = np.clip(_DENSITY[level(severity)] + 0.06 * clouds, 0, 0.9)[..., None]
    return painterly.closed(np.asarray(pixels * (1 - density) + 0.94 * density, np.float32))


FOG = severity_attack("fog", fog, "lays fog over the picture", f"after {IMAGENET_C}")
