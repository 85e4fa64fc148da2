"""Zoom blur, as when the camera moves in while the shutter is open."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.attacks.pictures.severity import IMAGENET_C, level, severity_attack

_ZOOM = ((1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03))


def zoom_blur(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """The mean of the picture and of enlargements of it about its centre.

    Enlargements run from 1 in steps of 0.01 to 0.03 up to 1.11 to 1.31. Nothing is random: ``rng`` is unused.
    """
    return zoomed(picture, *_ZOOM[level(severity)])


def zoomed(picture: Image.Image, largest: float, step: float) -> Image.Image:
    """The mean over enlargements from 1 up to ``largest``, in steps of ``step``."""
    picture = picture.convert("RGB")
    zooms = np.arange(1, largest, step)
    total = np.asarray(picture).astype(np.uint16) * 2  # the picture itself, and the enlargement by 1
    for zoom in zooms[1:]:
        total += np.asarray(_enlarged(picture, float(zoom)))
    return Image.fromarray((total // (len(zooms) + 1)).astype(np.uint8))


def _enlarged(picture: Image.Image, zoom: float) -> Image.Image:
    """The middle of the picture, enlarged to the size of the whole."""
    width, height = picture.width / zoom, picture.height / zoom
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    box = (left, top, left + width, top + height)
    return picture.resize(picture.size, Image.Resampling.BILINEAR, box=box)


ZOOM_BLUR = severity_attack("zoom-blur", zoom_blur, "blurs the picture as a moving camera does", IMAGENET_C)
