"""Painting styles for pictures, by image processing that is written down, at severities 1 to 5.

Severity sets how coarse the strokes are and how far colours are moved; the composition never changes, so that what
is in the picture stays true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

from mmdt.attacks.pictures import painterly
from mmdt.attacks.pictures.corruptions import level
from mmdt.attacks.pictures.painterly import Pixels

Style = Callable[[Image.Image, int, np.random.Generator], Image.Image]
"""``paint(picture, severity, rng)`` returns an RGB picture of the same size. Raises UsageError on a severity
that is not 1 to 5."""

_NIGHT = np.array([0.12, 0.22, 0.52], np.float32)
_SUN = np.array([1.0, 0.86, 0.42], np.float32)


def van_gogh(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """Thick strokes that follow the forms and swirl over flat ground, deep blues below and warm yellows above.

    Colour and a fine grain are averaged along the flow of the picture (line integral convolution over the structure
    tensor's edge directions, a swirling field where there are none), the grain becomes the relief of the strokes,
    yellow where it is high and blue where it is low, and dark tones are drawn towards blue, light ones towards yellow.
    """
    step = level(severity)
    pixels = _opened(picture)
    shape = pixels.shape[:2]
    scale = max(1.0, min(shape) / 256)
    rows, columns = painterly.flow(pixels, 2.5 * scale, painterly.noise(shape, 14 * scale, rng))
    grain = painterly.noise(shape, 0.7 * scale, rng)
    planes = np.concatenate([pixels, grain[..., None]], axis=-1)
    stroked = painterly.along(planes, rows, columns, round((3 + 1.5 * step) * scale))
    color, relief = stroked[..., :3], stroked[..., 3]
    relief = relief[..., None] / max(float(relief.std()), 1e-6)
    color = color * (1 + (0.03 + 0.02 * step) * relief) + (0.03 + 0.014 * step) * relief * (_SUN - _NIGHT)
    light = painterly.luma(color)[..., None]
    color = color + (0.10 + 0.04 * step) * (1 - light) * (_NIGHT - color)
    color = color + (0.05 + 0.02 * step) * light * (_SUN - color)
    return _closed(_saturated(color, 1.1 + 0.06 * step))


def oil_painting(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """Flat dabs of thick paint with crisp borders, lit from the upper left.

    The intensity-histogram filter makes the dabs; bristle marks (grain stretched along the forms) and the dabs' own
    borders are then lit as a relief.
    """
    step = level(severity)
    pixels = _opened(picture)
    shape = pixels.shape[:2]
    scale = max(1.0, min(shape) / 256)
    dabs = painterly.oil(pixels, round((1 + step * 0.8) * scale), 14 - 2 * step)
    rows, columns = painterly.flow(dabs, 2.0 * scale, painterly.noise(shape, 20 * scale, rng))
    bristles = painterly.along(painterly.noise(shape, 0.6, rng)[..., None], rows, columns, round(5 * scale))[..., 0]
    height = painterly.luma(dabs) * 0.8 + bristles * (0.10 + 0.03 * step)
    down, across = painterly.gradient(height)
    shine = np.clip(-(down + across) * (0.5 + 0.12 * step), -0.16, 0.16)
    return _closed(_saturated(dabs, 1.12) + shine[..., None])


def watercolour_painting(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """Thin washes on rough paper: wavering edges, pigment that gathers at borders and in the paper's grain.

    Edge-preserving smoothing makes the washes and a smooth displacement lets their edges waver; pigment density then
    follows Bousseau et al., "Interactive watercolor rendering with temporal coherence and abstraction", NPAR 2006:
    C' = C - (C - C^2)(d - 1) with d from edge darkening, turbulent flow and paper grain.
    """
    step = level(severity)
    pixels = _opened(picture)
    shape = pixels.shape[:2]
    scale = max(1.0, min(shape) / 256)
    washes = painterly.kuwahara(pixels, round((1 + 0.9 * step) * scale))
    washes = _wavering(washes, (0.5 + 0.5 * step) * scale, 7 * scale, rng)
    soft = painterly.blur(painterly.luma(washes), 1.2 * scale)
    down, across = painterly.gradient(soft)
    edges = np.minimum(np.hypot(down, across) * 6 * scale, 1)
    flowing = painterly.noise(shape, 22 * scale, rng)
    grain = painterly.noise(shape, 0.9, rng)
    density = 1 + (0.5 + 0.1 * step) * edges + (0.06 + 0.04 * step) * flowing + (0.05 + 0.03 * step) * grain
    diluted = washes + (1 - washes) * (0.05 + 0.05 * step)
    return _closed(diluted - (diluted - diluted**2) * (density - 1)[..., None])


STYLES: Mapping[str, Style] = {
    "Van_Gogh": van_gogh,
    "oil_painting": oil_painting,
    "watercolour_painting": watercolour_painting,
}
"""Every style by name."""


def _saturated(pixels: Pixels, factor: float) -> Pixels:
    """Colours moved away from grey by a factor."""
    grey = painterly.luma(pixels)[..., None]
    return np.asarray(grey + (pixels - grey) * factor, np.float32)


def _wavering(pixels: Pixels, reach: float, width: float, rng: np.random.Generator) -> Pixels:
    """Every pixel taken from nearby, ``reach`` pixels away on average, neighbours from the same direction."""
    height, columns = pixels.shape[:2]
    shift_y, shift_x = (painterly.noise((height, columns), width, rng) * reach for _ in range(2))
    y, x = np.indices((height, columns), np.float32)
    at_y = np.clip(np.rint(y + shift_y), 0, height - 1).astype(np.int32)
    at_x = np.clip(np.rint(x + shift_x), 0, columns - 1).astype(np.int32)
    return np.asarray(pixels[at_y, at_x], np.float32)


def _opened(picture: Image.Image) -> Pixels:
    return np.asarray(picture.convert("RGB"), np.float32) / np.float32(255)


def _closed(pixels: Pixels) -> Image.Image:
    return Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))
