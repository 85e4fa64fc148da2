"""Views: linear maps of pictures through which an attack looks at its surrogate, with their transposes.

A gradient that holds through many views depends less on the surrogate, and transfers to other networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, idctn

from mmdt.core.surrogate import Pixels

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class View:
    """``forward(pixels)``: the pictures as they are seen; ``back(gradient)``: a gradient of these, carried back to the
    pixels (the transpose of the map)."""

    forward: Callable[[Pixels], Pixels]
    back: Callable[[Pixels], Pixels]


PLAIN = View(lambda pixels: pixels, lambda gradient: gradient)
"""The picture itself."""


def window(height: int, width: int, box: tuple[float, float, float, float], out: tuple[int, int]) -> View:
    """The part of a picture in a box (y0, x0, y1, x1 in pixels, which may lie outside it: then black), bilinearly
    scaled to ``out`` (height, width)."""
    rows, columns = _scaling(height, box[0], box[2], out[0]), _scaling(width, box[1], box[3], out[1])
    return View(lambda pixels: _apply(pixels, rows, columns), lambda gradient: _apply(gradient, rows.T, columns.T))


def random_crop(height: int, width: int, share: tuple[float, float], rng: np.random.Generator) -> View:
    """A crop with a random share of the area at a random place, scaled to the size of the picture."""
    side = np.sqrt(rng.uniform(*share))
    y, x = rng.uniform(0, 1 - side) * height, rng.uniform(0, 1 - side) * width
    return window(height, width, (y, x, y + side * height, x + side * width), (height, width))


def resize_and_pad(height: int, width: int, least: float, rng: np.random.Generator) -> View:
    """The picture at a random scale from ``least`` to 1, at a random place on black."""
    scale = rng.uniform(least, 1)
    tall, wide = height / scale, width / scale
    y, x = -rng.uniform(0, tall - height), -rng.uniform(0, wide - width)
    return window(height, width, (y, x, y + tall, x + wide), (height, width))


def spectrum(shape: tuple[int, int], spread: float, rng: np.random.Generator) -> View:
    """The picture with each coefficient of its cosine transform multiplied by 1 - spread to 1 + spread."""
    mask = np.asarray(rng.uniform(1 - spread, 1 + spread, (1, *shape, 1)), np.float32)

    def through(pixels: Pixels) -> Pixels:
        changed = idctn(dctn(pixels, axes=(1, 2), norm="ortho") * mask, axes=(1, 2), norm="ortho")
        return np.asarray(changed, np.float32)

    return View(through, through)  # orthonormal transforms around a diagonal: the map is its own transpose


def _scaling(size: int, start: float, end: float, out: int) -> Matrix:
    """Rows of weights: each of ``out`` samples as a sum of two of the ``size`` lines between ``start`` and ``end``."""
    at = start + (np.arange(out) + 0.5) * (end - start) / out - 0.5
    low = np.floor(at).astype(int)
    part = at - low
    matrix = np.zeros((out, size), np.float32)
    for place, weight in ((low, 1 - part), (low + 1, part)):
        inside = (place >= 0) & (place < size)
        np.add.at(matrix, (np.arange(out)[inside], place[inside]), weight[inside])
    return matrix


def _apply(pixels: Pixels, rows: Matrix, columns: Matrix) -> Pixels:
    return np.asarray(np.einsum("ah,nhwc,bw->nabc", rows, pixels, columns, optimize=True), np.float32)
