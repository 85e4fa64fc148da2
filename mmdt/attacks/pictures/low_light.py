"""Low light: an underexposed picture, with the noise of the few photons that came in."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.attacks.pictures import painterly
from mmdt.attacks.pictures.severity import IMAGENET_C, level, severity_attack

_LIGHT = (0.5, 0.35, 0.25, 0.17, 0.11)
_PHOTONS = (250, 120, 60, 30, 15)


def low_light(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """The picture at 50 to 11 % of its light (in linear light, gamma 2.2), with Poisson noise of 250 to 15 photons at
    white."""
    step = level(severity)
    linear = painterly.opened(picture) ** 2.2 * _LIGHT[step]
    counted = rng.poisson(linear * _PHOTONS[step] / _LIGHT[step]) * (_LIGHT[step] / _PHOTONS[step])
    return painterly.closed(np.asarray(np.clip(counted, 0, 1) ** (1 / 2.2), np.float32))


LOW_LIGHT = severity_attack("low-light", low_light, "takes the picture in too little light", f"after {IMAGENET_C}")
