"""Corruptions of pictures: what sensors, lenses and scaling do, at severities 1 to 5.

The strengths of a severity are those of the ImageNet-C protocol (Hendrycks and Dietterich, "Benchmarking Neural
Network Robustness to Common Corruptions and Perturbations", ICLR 2019, section 4), so that numbers can be compared;
the code is our own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

from mmdt.errors import UsageError

Corruption = Callable[[Image.Image, int, np.random.Generator], Image.Image]
"""``corrupt(picture, severity, rng)`` returns an RGB picture of the same size. Raises UsageError on a severity
that is not 1 to 5."""

_NOISE = (0.08, 0.12, 0.18, 0.26, 0.38)
_ZOOM = ((1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03))
_PIXELS = (0.6, 0.5, 0.4, 0.3, 0.25)


def gaussian_noise(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """Independent Gaussian noise on every channel, its standard deviation 0.08 to 0.38 of the full range."""
    scale = 255 * _NOISE[level(severity)]
    pixels = np.asarray(picture.convert("RGB"))
    noisy = rng.standard_normal(pixels.shape, np.float32)
    noisy *= scale
    noisy += pixels
    np.clip(noisy, 0, 255, out=noisy)
    return Image.fromarray(noisy.astype(np.uint8))


def zoom_blur(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """The mean of the picture and of enlargements about its centre: the camera moves in while the shutter is open.

    Enlargements go from 1 in steps of 0.01 to 0.03 up to 1.11 to 1.31. Nothing is random; ``rng`` is not used.
    """
    largest, step = _ZOOM[level(severity)]
    picture = picture.convert("RGB")
    zooms = np.arange(1, largest, step)
    total = np.asarray(picture).astype(np.uint16) * 2  # the picture itself, and the enlargement by 1
    for zoom in zooms[1:]:
        total += np.asarray(_enlarged(picture, float(zoom)))
    return Image.fromarray((total // (len(zooms) + 1)).astype(np.uint8))


def pixelate(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """The picture at 0.6 to 0.25 of its resolution, each pixel a block. Nothing is random; ``rng`` is not used."""
    share = _PIXELS[level(severity)]
    small = (max(1, int(picture.width * share)), max(1, int(picture.height * share)))
    return picture.convert("RGB").resize(small, Image.Resampling.BOX).resize(picture.size, Image.Resampling.NEAREST)


CORRUPTIONS: Mapping[str, Corruption] = {
    "gaussian_noise": gaussian_noise,
    "zoom_blur": zoom_blur,
    "pixelate": pixelate,
}
"""Every corruption by name."""


def level(severity: int) -> int:
    """Severity 1 to 5 as an index 0 to 4. Raises UsageError on anything else."""
    if severity not in range(1, 6):
        raise UsageError(f"there is no severity {severity}", hint="use 1 to 5")
    return severity - 1


def _enlarged(picture: Image.Image, zoom: float) -> Image.Image:
    """The middle of the picture, enlarged to the size of the whole."""
    width, height = picture.width / zoom, picture.height / zoom
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    box = (left, top, left + width, top + height)
    return picture.resize(picture.size, Image.Resampling.BILINEAR, box=box)
