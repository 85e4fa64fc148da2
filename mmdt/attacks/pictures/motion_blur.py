"""Motion blur: the camera moved during the exposure."""

from __future__ import annotations

import numpy as np
from PIL import Image

from mmdt.attacks.pictures.severity import IMAGENET_C, level, severity_attack

_LENGTH = (0.03, 0.045, 0.06, 0.08, 0.1)


def motion_blur(picture: Image.Image, severity: int, rng: np.random.Generator) -> Image.Image:
    """The mean of the picture moved along a line within 45 degrees of the horizontal, 3 to 10 % of its larger side
    long. Pixels of the edges are repeated."""
    pixels = np.asarray(picture.convert("RGB"), np.float32)
    height, width = pixels.shape[:2]
    steps = max(2, round(_LENGTH[level(severity)] * max(height, width)))
    angle = rng.uniform(-np.pi / 4, np.pi / 4)
    total = np.zeros_like(pixels)
    for step in np.arange(steps) - (steps - 1) / 2:
        down, across = round(step * np.sin(angle)), round(step * np.cos(angle))
        rows = np.clip(np.arange(height) + down, 0, height - 1)
        columns = np.clip(np.arange(width) + across, 0, width - 1)
        total += pixels[rows[:, None], columns]
    return Image.fromarray((total / steps + 0.5).astype(np.uint8))


MOTION_BLUR = severity_attack("motion-blur", motion_blur, "blurs the picture along a line", f"after {IMAGENET_C}")
