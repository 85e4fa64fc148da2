"""Backgrounds: pale settings that do not compete with the objects, and clutter scattered over them."""

from __future__ import annotations

import random
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from mmdt.synthetic.worlds.palette import Rgb

_BANDS: dict[str, tuple[tuple[float, Rgb], ...]] = {
    "meadow": ((0.0, (208, 232, 250)), (0.62, (232, 243, 252)), (0.62, (214, 236, 196)), (1.0, (200, 226, 180))),
    "beach": ((0.0, (206, 234, 248)), (0.5, (228, 244, 250)), (0.5, (190, 226, 238)), (0.64, (204, 234, 240)),
              (0.64, (250, 240, 212)), (1.0, (244, 230, 196))),
    "room": ((0.0, (248, 240, 226)), (0.7, (248, 240, 226)), (0.7, (230, 212, 188)), (1.0, (222, 202, 176))),
    "dusk": ((0.0, (216, 210, 240)), (0.66, (250, 228, 220)), (0.66, (214, 208, 222)), (1.0, (202, 196, 214))),
    "snow": ((0.0, (206, 220, 238)), (0.58, (226, 235, 246)), (0.58, (238, 242, 248)), (1.0, (228, 234, 244))),
    "plain": ((0.0, (236, 236, 230)), (1.0, (236, 236, 230))),
}  # fmt: skip

BACKGROUNDS = tuple(_BANDS)


@lru_cache(maxsize=32)
def background(name: str, side: int) -> Image.Image:
    """A square picture of a setting; its colour depends only on the height."""
    stops = _BANDS[name]
    heights = np.array([height for height, _ in stops])
    # a jump is two stops at one height: a tiny offset keeps the heights increasing
    heights = heights + np.arange(len(stops)) * 1e-9
    rows = (np.arange(side) + 0.5) / side
    channels = [np.interp(rows, heights, [rgb[channel] for _, rgb in stops]) for channel in range(3)]
    column = np.stack(channels, axis=-1).round().astype(np.uint8)
    return Image.fromarray(np.repeat(column[:, None, :], side, axis=1), "RGB")


def scatter_clutter(picture: Image.Image, marks: int, seed: int) -> None:
    """Scatter small grey marks over the picture, in place. None is as large as an object."""
    rng = random.Random(f"clutter {seed}")
    draw = ImageDraw.Draw(picture)
    for _ in range(marks):
        x, y = rng.random() * picture.width, rng.random() * picture.height
        radius = picture.width * rng.uniform(0.006, 0.016)
        grey = rng.randint(95, 150)
        ink = (grey, grey, grey + rng.randint(-15, 15))
        if rng.random() < 0.5:
            draw.ellipse((x - radius, y - radius * 0.7, x + radius, y + radius * 0.7), fill=ink)
        else:
            tip = (x + rng.uniform(-1, 1) * radius, y - 2 * radius)
            draw.polygon([(x - radius, y), tip, (x + radius, y)], fill=ink)
