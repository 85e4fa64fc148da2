"""Detection in corrupted and painted pictures of worlds, where ``see`` loses things.

Blur and paint join neighbours into one region, break contours, and let pale parts run out into the background. So the
picture is divided at several contrasts and cut at its narrow places, holes and bays are filled, and what is recognised
best explains each part of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

from mmdt.synthetic.worlds.scene import Bounds
from mmdt.synthetic.worlds.vision.see import Detection, classified
from mmdt.synthetic.worlds.vision.segment import (
    SMALLEST,
    SOFT_CONTRAST,
    Mask,
    Region,
    Segmentation,
    contrasts,
    noise_level,
    opened,
)

_CONTRASTS = (1.0, 1.7, 2.6)
"""Factors of the contrast by which a thing stands out."""
Box = tuple[int, int, int, int]
_CLEAR, _LEAST_CLEAR = 1.4, 0.3
"""At least this share of a thing's pixels stands out by this factor of the contrast."""
_CUTS = (0, 2, 4, 6)
"""Half of the width of places where a region is cut, in pixels."""
_BAY = 4
_FILLED, _CONVEX = 1.15, 1.25
"""A filled region is looked at besides the region if it is larger by this factor."""
_LEAST_SCORE, _LEAST_AREA = 0.28, 0.012
_SAME = 0.25
"""Two boxes with a larger intersection over union show the same thing."""
_BROADEST_BLUR = 2.4


def see_altered(picture: Image.Image, as_usual: Segmentation) -> list[Detection]:
    """All detections, the best first. ``as_usual``: the segmentation of the same picture."""
    pixels = opened(picture)
    noise = noise_level(pixels)
    if noise > 6:
        width = min(_BROADEST_BLUR, noise / 14)
        pixels = ndimage.gaussian_filter(pixels, (width, width, 0)).astype(np.float32)
    found: list[Detection] = []
    candidates = [
        *(classified(as_usual, blob) for blob in as_usual.blobs),
        *_candidates(Segmentation(pixels, (), noise, 0, 0)),
    ]
    for seen in sorted(candidates, key=_worth, reverse=True):
        if seen.score >= _LEAST_SCORE and _area(seen.box) >= _LEAST_AREA and not _explained(seen, found):
            found.append(seen)
    return found


def _candidates(segmented: Segmentation) -> Iterator[Detection]:
    distance, contrast = contrasts(segmented.pixels, SOFT_CONTRAST, noise_level(segmented.pixels))
    least = SMALLEST * distance.size
    done: set[tuple[Box, int]] = set()
    for factor in _CONTRASTS:
        differs = ndimage.binary_closing(distance > contrast * factor, np.ones((3, 3)))
        for cut in _CUTS:
            for region in _regions(differs, distance > contrast * _CLEAR, cut, least, done):
                yield classified(segmented, region)


def _regions(differs: Mask, clear: Mask, cut: int, least: float, done: set[tuple[Box, int]]) -> Iterator[Region]:
    """The regions of a mask after a cut, filled holes and all; then those with bays and everything between filled.

    A region of which hardly anything is ``clear`` is relief of the background. ``done``: the boxes and sizes of those
    that were looked at, at another contrast or cut."""
    labels = _parts(differs, cut)
    for index, window in enumerate(ndimage.find_objects(labels), start=1):
        if window is None or (window[0].stop - window[0].start) * (window[1].stop - window[1].start) < least:
            continue
        box = (window[1].start, window[0].start, window[1].stop, window[0].stop)
        own = labels[window] == index
        size = int(own.sum())
        if (box, size) in done or clear[window][own].mean() < _LEAST_CLEAR:
            continue
        done.add((box, size))
        mask = ndimage.binary_fill_holes(own)
        yield Region(box, mask)
        closed = _closed(mask)
        if closed.sum() > _FILLED * mask.sum():
            yield Region(box, closed)
        convex = _convex(mask)
        if convex.sum() > _CONVEX * mask.sum():
            yield Region(box, convex)


def _parts(differs: Mask, cut: int) -> np.ndarray:
    """Labels of the parts that remain whole when ``cut`` pixels are taken off all around; each pixel goes to the
    nearest of them."""
    if not cut:
        return np.asarray(ndimage.label(differs, np.ones((3, 3)))[0])
    depth = ndimage.distance_transform_cdt(differs, "chessboard")
    cores, _ = ndimage.label(depth > cut, np.ones((3, 3)))
    nearest = ndimage.distance_transform_cdt(cores == 0, "chessboard", return_distances=False, return_indices=True)
    return np.where(differs, cores[tuple(nearest)], 0)


def _closed(mask: Mask) -> Mask:
    """The mask with bays and holes filled."""
    room = 2 * _BAY
    grown = ndimage.maximum_filter(np.pad(mask, room).view(np.uint8), room + 1)
    padded = ndimage.minimum_filter(grown, room + 1)
    return np.asarray(ndimage.binary_fill_holes(padded)[room:-room, room:-room])


def _convex(mask: Mask) -> Mask:
    """The convex hull of a mask."""
    rows, columns = np.nonzero(mask)
    points = np.stack([columns, rows], axis=1)
    try:
        corners = points[ConvexHull(points).vertices]
    except (QhullError, ValueError):  # a line or a dot has none
        return mask
    drawn = Image.new("1", mask.shape[::-1])
    ImageDraw.Draw(drawn).polygon([(int(x), int(y)) for x, y in corners], fill=1, outline=1)
    return np.asarray(drawn)


def _worth(seen: Detection) -> float:
    """Of two equally good explanations, the larger explains more."""
    return seen.score * math.sqrt(math.sqrt(_area(seen.box)))


def _explained(seen: Detection, found: list[Detection]) -> bool:
    return any(_same(seen.box, other.box) for other in found)


def _same(one: Bounds, other: Bounds) -> bool:
    """Whether two boxes overlap considerably, or one is almost entirely inside the other."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return False
    shared, areas = width * height, (_area(one), _area(other))
    return shared > 0.8 * min(areas) or shared > _SAME * (sum(areas) - shared)


def _area(box: Bounds) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
