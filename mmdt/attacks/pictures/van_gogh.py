"""Van Gogh: a painting style by image processing."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.attacks.pictures import painterly
from mmdt.attacks.pictures.severity import level, severity_attack

_NIGHT = np.array([0.12, 0.22, 0.52], np.float32)
_SUN = np.array([1.0, 0.86, 0.42], np.float32)


def van_gogh(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """Thick strokes that follow the forms and swirl over flat ground, deep blues below and warm yellows above.

    Colour and a fine grain are averaged along the flow of the picture: line integral convolution over the edge
    directions of the structure tensor, or over a swirling field where there are no edges. The grain becomes the relief
    of the strokes, yellow where it is high and blue where it is low. Dark tones move towards blue, light ones towards
    yellow. Severity sets how coarse the strokes are and how far colours move.
    """
    return in_strokes(picture, level(severity), rng)


def in_strokes(picture: Image.Image, step: float, rng: np.random.Generator) -> Image.Image:
    """The style with strokes of any coarseness from 0: whole numbers are the severities, less one."""
    pixels = painterly.opened(picture)
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
    return painterly.closed(painterly.saturated(color, 1.1 + 0.06 * step))


VAN_GOGH = severity_attack("van-gogh", van_gogh, "paints the picture in the manner of Van Gogh")
