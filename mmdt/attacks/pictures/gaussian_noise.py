"""Gaussian noise, as a sensor makes it in poor light."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.attacks.pictures.severity import IMAGENET_C, level, severity_attack

_NOISE = (0.08, 0.12, 0.18, 0.26, 0.38)


def gaussian_noise(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """Independent Gaussian noise on every channel. Its standard deviation is 0.08 to 0.38 of the full range."""
    return noisy(picture, _NOISE[level(severity)], rng)


def noisy(picture: Image.Image, deviation: float, rng: np.random.Generator) -> Image.Image:
    """The picture with noise of this standard deviation, as a share of the full range."""
    pixels = np.asarray(picture.convert("RGB"))
    found = rng.standard_normal(pixels.shape, np.float32)
    found *= 255 * deviation
    found += pixels
    np.clip(found, 0, 255, out=found)
    return Image.fromarray(found.astype(np.uint8))


GAUSSIAN_NOISE = severity_attack("gaussian-noise", gaussian_noise, "adds Gaussian noise to the picture", IMAGENET_C)
