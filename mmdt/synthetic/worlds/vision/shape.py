"""Shape features: how a region looks regardless of size and position, and how every sprite looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from mmdt.synthetic.worlds.palette import COLORS
from mmdt.synthetic.worlds.sprites.library import ACTIONS, OBJECTS, PERSON, sprite
from mmdt.synthetic.worlds.vision.segment import Mask, Pixels

Features = NDArray[np.float32]

GRID = 20
"""A region is described by GRID x GRID cells of colour and coverage."""
_COVER_WEIGHT = 0.9
_ASPECT_WEIGHT = 0.55
_TEMPLATE_SIDE = 54
_ROOM = 12
_GROUND = (236, 236, 236, 255)
_BLURS = (0.0, 2.2, 4.5)
"""Standard deviations in template pixels: a blurred object is best matched by a blurred template."""
_LEAST_COVER = 40.0


@dataclass(frozen=True, slots=True)
class SpriteTemplate:
    """How a sprite looks.

    A drawing may have loose parts (the letters above a sleeper): ``whole`` is the box (x0, y0, x1, y1) of the entire
    drawing, in coordinates where its main region spans (0, 0) to (1, 1).
    """

    kind: str
    color: str
    action: str
    whole: tuple[float, float, float, float]


def features(pixels: Pixels, mask: Mask) -> Features:
    """A region as a vector: the colour and coverage of each cell, and its aspect ratio.

    ``pixels`` has the shape (height, width, 3) in 0..255, ``mask`` (height, width). The squared distance of two
    vectors is the mean squared difference of colour and coverage over cells, plus that of the log aspect ratio.
    """
    inside = np.where(mask[..., None], pixels, 128.0).clip(0, 255).astype(np.uint8)
    color = np.asarray(Image.fromarray(inside).resize((GRID, GRID), Image.Resampling.BOX), np.float32) / 255
    cover = np.asarray(
        Image.fromarray(mask.astype(np.uint8) * 255).resize((GRID, GRID), Image.Resampling.BOX), np.float32
    )
    aspect = np.log(mask.shape[1] / mask.shape[0])
    return np.concatenate(
        [
            color.ravel() / (GRID * 3**0.5),
            cover.ravel() * (_COVER_WEIGHT / (GRID * 255)),
            [aspect * _ASPECT_WEIGHT],
        ]
    ).astype(np.float32)


@cache
def templates() -> tuple[tuple[SpriteTemplate, ...], Features]:
    """Every sprite in every colour, sharp and blurred; and the features of its main region, one row per template."""
    names = [(kind, "") for kind in OBJECTS] + [(PERSON, action) for action in ACTIONS]
    found: list[SpriteTemplate] = []
    vectors = []
    for kind, action in names:
        for blur in _BLURS:
            cover = _blurred(_on_ground(kind, "red", action)[..., 3], blur)
            window, mask, whole = _main_region(cover > _LEAST_COVER)
            for color in COLORS:
                pixels = _blurred(_on_ground(kind, color, action)[..., :3], blur)
                found.append(SpriteTemplate(kind, color, action, whole))
                vectors.append(features(pixels[window], mask))
    return tuple(found), np.stack(vectors)


def _on_ground(kind: str, color: str, action: str) -> Pixels:
    """The sprite on a pale background with a margin; the fourth channel is coverage, 0..255."""
    drawn = sprite(kind, color, _TEMPLATE_SIDE, action)
    size = (drawn.width + 2 * _ROOM, drawn.height + 2 * _ROOM)
    picture = Image.new("RGBA", size, _GROUND)
    picture.paste(drawn, (_ROOM, _ROOM), drawn)
    cover = Image.new("L", size, 0)
    cover.paste(drawn.getchannel("A"), (_ROOM, _ROOM))
    picture.putalpha(cover)
    return np.asarray(picture, np.float32)


def _blurred(pixels: Pixels, blur: float) -> Pixels:
    if not blur:
        return pixels
    return np.asarray(ndimage.gaussian_filter(pixels, (blur, blur, 0)[: pixels.ndim]), np.float32)


def _main_region(cover: Mask) -> tuple[tuple[slice, slice], Mask, tuple[float, float, float, float]]:
    """The window of a drawing's largest connected part, its filled mask, and the whole drawing's box relative to it."""
    labels, count = ndimage.label(cover, np.ones((3, 3)))
    sizes = ndimage.sum_labels(cover, labels, range(1, count + 1))
    main = int(np.argmax(sizes)) + 1
    window = ndimage.find_objects(labels)[main - 1]
    mask = ndimage.binary_fill_holes(labels[window] == main)
    top, left = window[0].start, window[1].start
    height, width = mask.shape
    rows, columns = cover.shape
    corners = (_ROOM - left, _ROOM - top, columns - _ROOM - left, rows - _ROOM - top)
    whole = (corners[0] / width, corners[1] / height, corners[2] / width, corners[3] / height)
    return window, mask, whole
