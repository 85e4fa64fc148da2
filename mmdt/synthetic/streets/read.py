"""Reads drawn street views from the pixels: texts of signs and so the place, or the flag and so the country."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image as Pil

from mmdt.attacks.drawing import lettering
from mmdt.core.image import Image
from mmdt.synthetic.canvas import Canvas
from mmdt.synthetic.streets.flags import STRIPES, draw_flag
from mmdt.synthetic.streets.places import GeoPlace, places
from mmdt.synthetic.streets.view import ASPECT, FLAG_AT, HEIGHT, PAPER, SKY, town_line

_SMALLEST = 300
"""Minimum number of paper-coloured pixels in a panel."""
_NEAR = 20.0
"""Largest mean RGB distance at which a flag counts as the same."""
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
    """The place in the pictures, found by the notice on a sign; or None. Raises DataError if a picture is damaged."""
    for sign in signs_on(images):
        lines = [line.strip() for line in sign.split("\n")]
        for line in lines:
            found = [place for place in _by_town().get(line, ()) if not place.zip or place.zip in lines]
            if found:
                return found[0]
    return None


@lru_cache(maxsize=512)
def country_of(images: tuple[Image, ...]) -> GeoPlace | None:
    """A place in the country whose flag one of the pictures shows; or None. Raises DataError as ``place_of`` does."""
    size = (round(HEIGHT * ASPECT), HEIGHT)
    for picture in (image.pil() for image in images):
        if picture.size != size:
            continue
        pixels = np.asarray(picture.crop(_FLAG), dtype=np.int16)
        gaps = {code: float(np.linalg.norm(pixels - _flag(code), axis=-1).mean()) for code in STRIPES}
        best = min(gaps, key=lambda code: gaps[code])
        if gaps[best] < _NEAR:
            return next(place for place in places() if place.country_code == best)
    return None


@cache
def _by_town() -> dict[str, list[GeoPlace]]:
    found: dict[str, list[GeoPlace]] = {}
    for place in places():
        found.setdefault(town_line(place), []).append(place)
    return found


_UNIT = HEIGHT / 100
_LEFT, _TOP = FLAG_AT
_FLAG = (round(_LEFT * _UNIT), round(_TOP * _UNIT), round((_LEFT + 18) * _UNIT), round((_TOP + 12) * _UNIT))


@cache
def _flag(country_code: str) -> Pixels:
    canvas = Canvas(HEIGHT, ASPECT, SKY)
    canvas.place(*FLAG_AT)
    draw_flag(canvas, country_code)
    return np.asarray(canvas.finish().crop(_FLAG), dtype=np.int16)
