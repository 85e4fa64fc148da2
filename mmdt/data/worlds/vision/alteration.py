"""Has a picture of a world been tampered with? Corruptions, painting styles, boxes and clutter, told from the pixels.

Made for the strengths that the embedded suite uses; a hardly visible change goes unnoticed.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.data.worlds.vision.segment import Segmented

_STILL = 0.5
"""In a drawing, more than this share of neighbours in a row are exactly equal; paint and noise leave none alike."""
_BLOCKS = 0.3
"""Of the columns in which something changes, fewer than this have a neighbour that changes, where pixels are blocks."""
_STRONG, _FEW = 60.0, 0.14
"""A drawing's contours are steps of more than 60; a zoom leaves fewer of them than this share of all steps."""
_STEPS = ((25.0, "gaussian_noise"), (5.5, "Van_Gogh"), (2.0, "oil_painting"), (0.0, "watercolour_painting"))
"""The typical step from a pixel to the next, from there on."""
_MANY_SPECKS = 16


def alteration(picture: Image.Image) -> str:
    """The corruption or style that the picture shows, by its name in the suite; empty for a plain drawing."""
    pixels = np.asarray(picture.convert("RGB"), np.float32)
    steps = np.abs(np.diff(pixels, axis=1)).max(axis=-1)
    taken = steps[steps > 0]
    if not taken.size:
        return ""
    if (steps == 0).mean() < _STILL:
        typical = float(np.median(taken))
        return next(name for least, name in _STEPS if typical >= least)
    changing = (steps > 0).any(axis=0)
    if (changing[1:] & changing[:-1]).sum() < _BLOCKS * changing.sum():
        return "pixelate"
    return "zoom_blur" if (taken > _STRONG).mean() < _FEW else ""


def has_clutter(segmented: Segmented) -> bool:
    """Whether many small marks are strewn about."""
    return segmented.specks >= _MANY_SPECKS


def has_boxes(segmented: Segmented) -> bool:
    """Whether coloured lines without a contour run through the picture, as no drawing has."""
    return segmented.lines > 0
