"""Oil painting: a painting style by image processing."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.attacks.pictures import painterly
from mmdt.attacks.pictures.severity import level, severity_attack


def oil_painting(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """Flat dabs of thick paint with crisp borders, lit from the upper left.

    The intensity-histogram filter makes the dabs. Bristle marks (grain stretched along the forms) and the borders of
    the dabs are then lit as a relief. Severity sets how coarse the dabs are and how deep the relief is.
    """
    return in_dabs(picture, level(severity), rng)


def in_dabs(picture: Image.Image, step: float, rng: np.random.Generator) -> Image.Image:
    """The style with dabs of any coarseness from 0: whole numbers are the severities, less one."""
    pixels = painterly.opened(picture)
    shape = pixels.shape[:2]
    scale = max(1.0, min(shape) / 256)
    dabs = painterly.oil(pixels, round((1 + step * 0.8) * scale), round(14 - 2 * step))
    rows, columns = painterly.flow(dabs, 2.0 * scale, painterly.noise(shape, 20 * scale, rng))
    bristles = painterly.along(painterly.noise(shape, 0.6, rng)[..., None], rows, columns, round(5 * scale))[..., 0]
    height = painterly.luma(dabs) * 0.8 + bristles * (0.10 + 0.03 * step)
    down, across = painterly.gradient(height)
    shine = np.clip(-(down + across) * (0.5 + 0.12 * step), -0.16, 0.16)
    return painterly.closed(painterly.saturated(dabs, 1.12) + shine[..., None])


OIL_PAINTING = severity_attack("oil-painting", oil_painting, "paints the picture in oil")
