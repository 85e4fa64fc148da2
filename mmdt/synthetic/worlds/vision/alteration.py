"""Has a picture of a world been tampered with? Corruptions, painting styles, boxes and clutter, told from the pixels.

Made for the strengths that the embedded suite uses; a hardly visible change goes unnoticed.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.synthetic.worlds.vision.segment import FEW, STILL, STRONG, Segmentation, row_steps

_BLOCKS = 0.3
"""Of the columns in which something changes, fewer than this have a neighbour that changes, where pixels are blocks."""
_STEPS = ((25.0, "gaussian_noise"), (5.5, "Van_Gogh"), (2.0, "oil_painting"), (0.0, "watercolour_painting"))
"""The typical step from a pixel to the next, from there on."""
_MANY_SPECKS = 16


def alteration(picture: Image.Image) -> str:
    """The corruption or style that the picture shows, by its name in the suite; empty for a plain drawing."""
    pixels = np.asarray(picture.convert("RGB"), np.float32)
    steps = row_steps(pixels)
    taken = steps[steps > 0]
    if not taken.size:
        return ""
    if (steps == 0).mean() < STILL:
        typical = float(np.median(taken))
        return next(name for least, name in _STEPS if typical >= least)
    changing = np.asarray((steps > 0).any(axis=0))
    if (changing[1:] & changing[:-1]).sum() < _BLOCKS * changing.sum():
        return "pixelate"
    return "zoom_blur" if (taken > STRONG).mean() < FEW else ""


def has_clutter(segmented: Segmentation) -> bool:
    """Whether many small marks are strewn about."""
    return segmented.specks >= _MANY_SPECKS


def has_boxes(segmented: Segmentation) -> bool:
    """Whether coloured lines without a contour run through the picture, as no drawing has."""
    return segmented.lines > 0
