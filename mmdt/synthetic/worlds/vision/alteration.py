"""Detects corruptions, painting styles, boxes and clutter in a picture of a world from its pixels.

It is tuned to the severities of the embedded suite; an even fainter change goes unnoticed.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.synthetic.worlds.vision.segment import STILL, STRONG, Pixels, Segmentation, noise_level, row_steps

_BLOCKS = 0.3
"""In a pixelated picture, fewer than this share of the changing columns have a changing neighbour."""
_BLURRED = 0.18
"""Strong contours are fewer than this share of all steps even after the faintest zoom; of drawings, they are more."""
_NOISY = 25.0
"""The typical step between neighbouring pixels of a noisy picture is larger."""
_TINTED = 2.5
"""Of Van Gogh's strokes, the channels differ by more than this from one another in the typical step."""
_ROUGH = 1.5
"""Oil paint varies by more than this from pixel to pixel; watercolour less."""
_MANY_SPECKS = 16


def alteration(picture: Image.Image) -> str:
    """The name (in the suite) of the corruption or style of a picture; empty for a plain drawing."""
    pixels = np.asarray(picture.convert("RGB"), np.float32)
    steps = row_steps(pixels)
    taken = steps[steps > 0]
    if not taken.size:
        return ""
    if (steps == 0).mean() < STILL:
        return _painted(pixels, float(np.median(taken)))
    changing = np.asarray((steps > 0).any(axis=0))
    if (changing[1:] & changing[:-1]).sum() < _BLOCKS * changing.sum():
        return "pixelate"
    return "zoom_blur" if (taken > STRONG).mean() < _BLURRED else ""


def _painted(pixels: Pixels, typical: float) -> str:
    if typical >= _NOISY:
        return "gaussian_noise"
    change = np.abs(pixels[:, 1:] - pixels[:, :-1])
    if float(np.median(change.max(axis=-1) - change.min(axis=-1))) >= _TINTED:
        return "Van_Gogh"
    return "oil_painting" if noise_level(pixels) >= _ROUGH else "watercolour_painting"


def has_clutter(segmented: Segmentation) -> bool:
    """Whether many small marks are scattered over the picture."""
    return segmented.specks >= _MANY_SPECKS


def has_boxes(segmented: Segmentation) -> bool:
    """Whether the picture has coloured lines without a contour, which drawings do not have."""
    return segmented.lines > 0
