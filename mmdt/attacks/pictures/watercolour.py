"""Watercolour: a painting style by image processing."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.attacks.pictures import painterly
from mmdt.attacks.pictures.painterly import Pixels
from mmdt.attacks.pictures.severity import level, severity_attack


def watercolour_painting(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """Thin washes on rough paper: wavering edges, pigment that gathers at borders and in the paper's grain.

    Edge-preserving smoothing makes the washes, and a smooth displacement lets their edges waver. Pigment density
    follows Bousseau et al., "Interactive watercolor rendering with temporal coherence and abstraction", NPAR 2006:
    C' = C - (C - C^2)(d - 1) with d from edge darkening, turbulent flow and paper grain.
    """
    return in_washes(picture, level(severity), rng)


def in_washes(picture: Image.Image, step: float, rng: np.random.Generator) -> Image.Image:
    """The style with washes of any coarseness from 0: whole numbers are the severities, less one."""
    pixels = painterly.opened(picture)
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
    return painterly.closed(diluted - (diluted - diluted**2) * (density - 1)[..., None])


def _wavering(pixels: Pixels, reach: float, width: float, rng: np.random.Generator) -> Pixels:
    """Each pixel takes the colour of one about ``reach`` pixels away; neighbours look in the same direction."""
    height, columns = pixels.shape[:2]
    shift_y, shift_x = (painterly.noise((height, columns), width, rng) * reach for _ in range(2))
    y, x = np.indices((height, columns), np.float32)
    at_y = np.clip(np.rint(y + shift_y), 0, height - 1).astype(np.int32)
    at_x = np.clip(np.rint(x + shift_x), 0, columns - 1).astype(np.int32)
    return np.asarray(pixels[at_y, at_x], np.float32)


WATERCOLOUR = severity_attack("watercolour", watercolour_painting, "paints the picture in watercolour")
