"""Detects corruptions, painting styles, boxes and clutter in a picture of a world from its pixels.

It is tuned to the severities of the embedded suite; a barely visible change goes unnoticed.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.synthetic.worlds.vision.segment import FEW, STILL, STRONG, Segmentation, row_steps

_BLOCKS = 0.3
"""In a pixelated picture, fewer than this share of the changing columns have a changing neighbour."""
_STEPS = ((25.0, "gaussian_noise"), (5.5, "Van_Gogh"), (2.0, "oil_painting"), (0.0, "watercolour_painting"))
"""The smallest typical step between neighbouring pixels of each style."""
_MANY_SPECKS = 16


def alteration(picture: Image.Image) -> str:
    """The name (in the suite) of the corruption or style of a picture; empty for a plain drawing."""
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
    """Whether many small marks are scattered over the picture."""
    return segmented.specks >= _MANY_SPECKS


def has_boxes(segmented: Segmentation) -> bool:
    """Whether the picture has coloured lines without a contour, which drawings do not have."""
    return segmented.lines > 0
