"""Segmentation: finds the regions of a picture of a world that stand out from the background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Mask = NDArray[np.bool_]
Pixels = NDArray[np.float32]

WORKING_SIDE = 320
"""Larger pictures are first scaled down to this many pixels along the longer side."""
CONTRAST, SOFT_CONTRAST = 30.0, 22.0
"""A pixel stands out if a channel differs by more than this from the background of its row. The second value is for
painted and blurred pictures, whose contours are fainter and have gaps."""
STILL = 0.5
"""In a drawing, more than this share of neighbours in a row are equal; paint and noise leave hardly any equal."""
STRONG, FEW = 60.0, 0.14
"""Contours of a drawing are steps of more than STRONG; after a blur, they are less than FEW of all steps."""
PALE = 165.0
"""Backgrounds are brighter than this in every channel."""
_WAVER = 4
_DARK = 95.0
_LEAST_LINE = 12
SMALLEST = 0.004
"""Regions whose box is a smaller share of the picture are specks."""


@dataclass(frozen=True, slots=True)
class Region:
    """A connected region: its box in pixels (x0, y0, x1, y1) and its mask within that box, holes filled."""

    box: tuple[int, int, int, int]
    mask: Mask

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A picture as float RGB, shape (height, width, 3), with its regions (larger ones first) and noise level.

    ``specks`` is the number of smaller regions, ``lines`` that of pieces of coloured lines without a contour.
    """

    pixels: Pixels
    blobs: tuple[Region, ...]
    noise: float
    specks: int
    lines: int


def segment(picture: Image.Image) -> Segmentation:
    """Find the regions of a picture. Noise is estimated first and smoothed if it is strong."""
    pixels = opened(picture)
    noise = noise_level(pixels)
    if noise > 6:
        pixels = ndimage.gaussian_filter(pixels, (min(1.6, noise / 14), min(1.6, noise / 14), 0)).astype(np.float32)
    soft = is_soft(pixels[::3])
    distance, contrast = contrasts(pixels, SOFT_CONTRAST if soft else CONTRAST, noise)
    differs = distance > contrast
    if soft:
        differs = ndimage.binary_closing(differs, np.ones((3, 3)))
    kept, lines = _without_frames(differs, pixels)
    blobs, specks = _blobs(kept, pixels)
    return Segmentation(pixels, tuple(blobs), noise, specks, lines)


def contrasts(pixels: Pixels, least: float, noise: float) -> tuple[Pixels, float]:
    """The distance of each pixel to the background, and from which on it stands out: ``least``, and more where the
    picture is noisy or the background has a texture."""
    ground, texture = _background(pixels)
    return _distance(pixels, ground), least + max(0.4 * noise, 2.2 * texture)


def is_soft(pixels: Pixels) -> bool:
    """Whether the picture is painted, noisy or blurred instead of having flat colours and sharp contours."""
    steps = row_steps(pixels)
    taken = steps[steps > 0]
    return bool(taken.size) and bool((steps == 0).mean() < STILL or (taken > STRONG).mean() < FEW)


def row_steps(pixels: Pixels) -> Pixels:
    """The largest channel difference of each pixel to its right neighbour."""
    return _largest(np.abs(pixels[:, 1:] - pixels[:, :-1]))


def opened(picture: Image.Image) -> Pixels:
    """The pixels of a picture, scaled down if it is large."""
    longer = max(picture.size)
    if longer > WORKING_SIDE:
        scale = WORKING_SIDE / longer
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.BOX)
    return np.asarray(picture.convert("RGB"), np.float32)


def noise_level(pixels: Pixels) -> float:
    """The standard deviation of pixel noise, from the median absolute second difference along rows.

    For independent Gaussian noise the second difference has variance 6, and a median absolute value of
    0.6745 standard deviations; flat drawings without noise give 0.
    """
    some = pixels[::5]
    if some.shape[1] < 3:
        return 0.0
    second = np.abs(some[:, 2:] - 2 * some[:, 1:-1] + some[:, :-2])
    return float(np.median(second)) / (0.6745 * 6**0.5)


def _background(pixels: Pixels) -> tuple[Pixels, float]:
    """The background colour of each row, shape (height, 1, 3), and how much the background varies around it.

    Both are estimated at the left and right edges, which things do not touch. Backgrounds are pale, so dark pixels
    there are clutter and are ignored. The variation is the median absolute deviation, scaled to a standard deviation.
    """
    strip = max(3, pixels.shape[1] // 40)
    edges = np.concatenate([pixels[:, :strip], pixels[:, -strip:]], axis=1)
    pale = -_largest(-edges) > PALE
    counted = pale | ~pale.any(axis=1, keepdims=True)
    ranked = np.sort(np.where(counted[..., None], edges, -1), axis=1)  # ignored pixels come first
    skipped = (~counted).sum(axis=1)
    middle = skipped + (ranked.shape[1] - skipped) // 2  # the median of the others
    ground = np.asarray(ranked[np.arange(len(ranked)), middle][:, None, :], np.float32)
    return ground, float(np.median(_largest(np.abs(edges - ground)))) * 1.48


def _distance(pixels: Pixels, ground: Pixels) -> Pixels:
    """The distance of each pixel to the background of its row, or of a nearby row where the background changes.

    In a painted picture, the horizon may waver by some pixels.
    """
    distance = _largest(np.abs(pixels - ground))
    for shift in (-_WAVER, _WAVER):
        near = np.roll(ground, shift, axis=0)
        rows = np.flatnonzero(_largest(np.abs(near - ground))[:, 0] > CONTRAST / 3)
        distance[rows] = np.minimum(distance[rows], _largest(np.abs(pixels[rows] - near[rows])))
    return distance


def _largest(pixels: Pixels) -> Pixels:
    """The maximum over channels; for three channels this is much faster than a reduction."""
    return np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])


def _without_frames(differs: Mask, pixels: Pixels) -> tuple[Mask, int]:
    """The mask without thin coloured rectangles, and the number of pieces of coloured lines.

    Annotation boxes are not part of the scene; where things cover them, pieces of lines remain.
    """
    labels, _ = ndimage.label(differs, np.ones((3, 3)))
    kept, lines = differs.copy(), 0
    for index, window in enumerate(ndimage.find_objects(labels), start=1):
        own = labels[window] == index
        if own.sum() < _LEAST_LINE or not _is_vivid(pixels[window][own]):
            continue
        if _is_frame(own):
            kept[window][own] = False
        lines += not _is_dark(pixels[window][own])
    return kept, lines


def _is_frame(mask: Mask) -> bool:
    """Whether the mask covers all four sides of its box and hardly anything else."""
    height, width = mask.shape
    if min(height, width) < 16:
        return False
    edge = 3
    sides = (mask[:edge].any(axis=0), mask[-edge:].any(axis=0), mask[:, :edge].any(axis=1), mask[:, -edge:].any(axis=1))
    inner = mask[2 * edge : -2 * edge, 2 * edge : -2 * edge]
    return all(side.mean() > 0.97 for side in sides) and inner.mean() < 0.1


def _is_vivid(colors: Pixels) -> bool:
    """Whether these pixels are colourful, unlike the dark contours of a drawing."""
    median = np.median(colors, axis=0)
    return bool(median.max() - median.min() > 60)


def _is_dark(colors: Pixels) -> bool:
    """Whether a considerable share of these pixels belongs to a dark contour."""
    return bool((colors.max(axis=-1) < _DARK).mean() > 0.06)


def _blobs(differs: Mask, pixels: Pixels) -> tuple[list[Region], int]:
    """The connected regions, larger ones first, and the number of specks.

    Everything inside a dark contour belongs to the region of that contour.
    """
    labels, _ = ndimage.label(differs, np.ones((3, 3)))
    enclosed = np.zeros_like(differs)
    found: list[Region] = []
    windows = list(enumerate(ndimage.find_objects(labels), start=1))
    large = [(index, window) for index, window in windows if _area(window) >= SMALLEST * differs.size]
    for index, window in sorted(large, key=lambda each: -_area(each[1])):
        rows, columns = window
        own = labels[window] == index
        if enclosed[window][own].mean() > 0.5:
            continue
        mask = ndimage.binary_fill_holes(own)
        if not _is_vivid(pixels[window][own]) or not _hollow(own, mask):
            enclosed[window] |= mask & ~own
        found.append(Region((columns.start, rows.start, columns.stop, rows.stop), mask))
    return found, len(windows) - len(large)


def _area(window: tuple[slice, slice]) -> int:
    rows, columns = window
    return int((rows.stop - rows.start) * (columns.stop - columns.start))


def _hollow(own: Mask, filled: Mask) -> bool:
    """Whether a region is hardly more than a contour."""
    return bool(own.sum() < 0.35 * filled.sum())
