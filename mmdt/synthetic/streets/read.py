"""Reads drawn street views from the pixels: texts of signs, the landmark, and so the place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image as Pil

from mmdt.attacks.drawing import lettering
from mmdt.core.image import Image
from mmdt.synthetic.canvas import Canvas
from mmdt.synthetic.streets.flags import draw_flag
from mmdt.synthetic.streets.landmarks import draw_landmark
from mmdt.synthetic.streets.places import GeoPlace, by_zip, places
from mmdt.synthetic.streets.view import ASPECT, HEIGHT, LANDMARK_AT, LANDMARK_SCALE, PAPER, SKY

_SMALLEST = 300
"""Minimum number of paper-coloured pixels in a panel."""
_NEAR = 20.0
"""Largest mean RGB distance at which a landmark or flag counts as the same."""
Pixels = npt.NDArray[np.int16]


def read_signs(picture: Pil.Image) -> list[str]:
    """The text of each panel, lines joined by newlines."""
    from scipy import ndimage

    pixels = np.asarray(picture)
    labels, _ = ndimage.label((pixels == np.array(PAPER, dtype=np.uint8)).all(axis=-1))
    sizes = np.bincount(labels.ravel())
    found = []
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        if sizes[number] >= _SMALLEST:
            box = (columns.start, rows.start, columns.stop, rows.stop)
            found.append(lettering.read(picture.crop(box)))
    return [text for text in found if text]


@lru_cache(maxsize=512)
def signs_on(images: tuple[Image, ...]) -> tuple[str, ...]:
    """The texts on the panels of all pictures, cached. Raises DataError if a picture is damaged."""
    return tuple(sign for image in images for sign in read_signs(image.pil()))


@lru_cache(maxsize=512)
def place_of(images: tuple[Image, ...]) -> GeoPlace | None:
    """The place in the pictures, found by a postal code on a sign, else by landmark and flag; or None.

    Raises DataError if a picture is damaged.
    """
    words = {line.strip() for sign in signs_on(images) for line in sign.split("\n")}
    by_sign = next((place for code, place in by_zip().items() if code in words), None)
    return by_sign or _by_landmark([image.pil() for image in images])


def _by_landmark(pictures: Sequence[Pil.Image]) -> GeoPlace | None:
    size = (round(HEIGHT * ASPECT), HEIGHT)
    for picture in pictures:
        if picture.size != size:
            continue
        pixels = np.asarray(picture, dtype=np.int16)
        gaps = {place.key: _gap(pixels, place) for place in places()}
        best = min(gaps, key=lambda key: gaps[key])
        if gaps[best] < _NEAR:
            return next(place for place in places() if place.key == best)
    return None


def _gap(pixels: Pixels, place: GeoPlace) -> float:
    reference, ink = _reference(place)
    return float(np.linalg.norm(pixels[ink] - reference[ink], axis=-1).mean())


@cache
def _reference(place: GeoPlace) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """Landmark and flag on an empty sky, and a mask of their pixels."""
    canvas = Canvas(HEIGHT, ASPECT, SKY)
    canvas.place(*LANDMARK_AT, LANDMARK_SCALE)
    draw_landmark(canvas, place)
    canvas.place(140, 6)
    draw_flag(canvas, place.country_code)
    pixels = np.asarray(canvas.finish(), dtype=np.int16)
    ink = np.linalg.norm(pixels - np.array(SKY), axis=-1) > 30
    ink[round(47 * HEIGHT / 100) :] = False  # houses hide the base of the landmark
    return pixels, ink
