"""Reads drawn people from the pixels: the faces, and the attributes of each.

A face is a patch of one skin tone with two eyes; the distance between the eyes gives the scale for finding hair, beard,
jewellery and wrinkles. Each attribute has a confidence in [0, 1] and is ``unsure`` if cues are absent or contradictory.
This works only for the drawings of this package.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.synthetic.canvas import Colour
from mmdt.synthetic.people.attributes import RACE_OF_TONE, TONES, UNSURE
from mmdt.synthetic.people.palette import EYE_WHITE, GREY, JEWEL, SKIN
from mmdt.synthetic.people.portrait import EYE_LINE, EYES

Pixels = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_TALLEST = 384
"""Larger pictures are scaled down to this height first."""
_NEAR = 34.0
"""RGB distance below which a pixel matches a colour."""
_SMALLEST = 60
"""Minimum number of skin pixels in a face."""
_SURE = 0.5
"""Minimum confidence of an attribute that is not unsure."""


@dataclass(frozen=True, slots=True)
class DrawnFace:
    """A detected face.

    ``box`` is (left, top, right, bottom) as shares of the picture. ``gender``, ``race`` (the class that the tone
    represents) and ``age`` are a class or ``unsure``; ``confidence`` is by attribute.
    """

    box: tuple[float, float, float, float]
    gender: str
    race: str
    age: str
    confidence: dict[str, float]

    @property
    def centre(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, slots=True)
class _Frame:
    """The frame of a face: the point between the eyes and the length of a drawing unit, in pixels."""

    pixels: Pixels
    x: float
    y: float
    unit: float

    def patch(self, left: float, top: float, right: float, bottom: float) -> Pixels:
        """The pixels in a box given in drawing units of the portrait; may be empty."""
        middle = sum(EYES) / 2
        height, width, _ = self.pixels.shape
        spot = (self.y + (top - EYE_LINE) * self.unit, self.y + (bottom - EYE_LINE) * self.unit)
        rows = slice(max(round(spot[0]), 0), min(max(round(spot[1]), round(spot[0]) + 1), height))
        side = (self.x + (left - middle) * self.unit, self.x + (right - middle) * self.unit)
        columns = slice(max(round(side[0]), 0), min(max(round(side[1]), round(side[0]) + 1), width))
        return self.pixels[rows, columns].reshape(-1, 3)


def read_people(picture: Pil.Image) -> list[DrawnFace]:
    """The faces of a drawing, from left to right."""
    pixels = _pixels(picture)
    return sorted((_read_face(frame, skin) for frame, skin in _frames(pixels)), key=lambda face: face.centre)


@lru_cache(maxsize=2048)
def people_in(image: Image) -> tuple[DrawnFace, ...]:
    """The faces of an encoded picture, cached. Raises DataError if it is damaged."""
    return tuple(read_people(image.pil()))


def _pixels(picture: Pil.Image) -> Pixels:
    if picture.height > _TALLEST:
        size = (max(round(picture.width * _TALLEST / picture.height), 1), _TALLEST)
        picture = picture.resize(size, Pil.Resampling.BOX)
    return np.asarray(picture.convert("RGB"), dtype=np.float32)


def _distance(pixels: Pixels, colour: Colour | Pixels) -> npt.NDArray[np.float32]:
    gap: npt.NDArray[np.float32] = np.linalg.norm(pixels - np.asarray(colour, dtype=np.float32), axis=-1)
    return gap


def _frames(pixels: Pixels) -> list[tuple[_Frame, Pixels]]:
    """Every face with the median colour of its skin."""
    found = sorted(_patches(pixels), key=lambda patch: -patch[0])
    kept: list[tuple[_Frame, Pixels]] = []
    for _, frame, skin in found:  # the rim of a face may match another tone with the same eyes: keep the largest
        if all(np.hypot(frame.x - other.x, frame.y - other.y) > 10 * other.unit for other, _ in kept):
            kept.append((frame, skin))
    return kept


def _patches(pixels: Pixels) -> Iterator[tuple[int, _Frame, Pixels]]:
    """Patches of one tone with eyes: size, frame and median colour."""
    from scipy import ndimage

    for tone in TONES:
        labels, count = ndimage.label(_distance(pixels, SKIN[tone]) < _NEAR)
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        places = ndimage.find_objects(labels)
        bright = (min(SKIN[tone]) + min(EYE_WHITE)) / 2
        for number in range(1, count + 1):
            if sizes[number] < _SMALLEST:
                continue
            rows, columns = places[number - 1]
            patch, inside = pixels[rows, columns], labels[rows, columns] == number
            eyes = _eyes(patch, inside, bright)
            if eyes is not None:
                row, column, unit = eyes
                frame = _Frame(pixels, columns.start + column, rows.start + row, unit)
                yield int(sizes[number]), frame, np.median(patch[inside], axis=0)


def _eyes(patch: Pixels, inside: Mask, bright: float) -> tuple[float, float, float] | None:
    """The point between the eyes (two bright holes on one level) and the drawing unit; None if there are no eyes."""
    from scipy import ndimage

    closed = ndimage.binary_closing(inside, np.ones((3, 3)))  # thin gaps would connect an eye with the outside
    holes, count = ndimage.label(ndimage.binary_fill_holes(closed) & ~closed)
    if count < 2:
        return None
    numbers = range(1, count + 1)
    light = np.asarray(ndimage.maximum(patch.min(axis=-1), holes, numbers))
    centres = np.asarray(ndimage.center_of_mass(holes > 0, holes, numbers))
    width = inside.shape[1]
    sides = [
        np.flatnonzero((light > bright) & half) for half in (centres[:, 1] < width / 2, centres[:, 1] >= width / 2)
    ]
    if not all(len(side) for side in sides):
        return None
    one, other = (centres[side[light[side].argmax()]] for side in sides)
    apart = float(other[1] - one[1])
    if apart < 6 or abs(one[0] - other[0]) > 0.2 * apart or not 0.2 < apart / width < 0.75:
        return None
    return float(one[0] + other[0]) / 2, float(one[1] + other[1]) / 2, apart / (EYES[1] - EYES[0])


def _read_face(frame: _Frame, skin: Pixels) -> DrawnFace:
    hair = np.median(frame.patch(46, 21, 54, 27), axis=0)
    gender, gender_confidence = _gender(frame, skin, hair)
    race, race_confidence = _race(skin)
    age, age_confidence = _age(frame, skin, hair)
    height, width, _ = frame.pixels.shape
    box = (
        (frame.x - 18 * frame.unit) / width,
        (frame.y - 22 * frame.unit) / height,
        (frame.x + 18 * frame.unit) / width,
        (frame.y + 22 * frame.unit) / height,
    )
    confidence = {"gender": gender_confidence, "race": race_confidence, "age": age_confidence}
    return DrawnFace(_clipped(box), gender, race, age, {name: round(value, 3) for name, value in confidence.items()})


def _clipped(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (min(max(round(side, 4), 0.0), 1.0) for side in box)
    return left, top, right, bottom


def _gender(frame: _Frame, skin: Pixels, hair: Pixels) -> tuple[str, float]:
    """Hair beside the jaw and earrings indicate female, a beard indicates male."""
    beside = min(_long(frame, hair, (29.5, 32), (20, 24)), _long(frame, hair, (68, 70.5), (76, 80)))
    jewels = min(_share(frame.patch(32, 49.4, 34, 51.4), JEWEL), _share(frame.patch(66, 49.4, 68, 51.4), JEWEL))
    balance = (beside + jewels) / 2 - _share(frame.patch(47, 58.6, 53, 61), hair, skin)
    confidence = min(abs(balance), 1.0)
    if confidence <= _SURE:
        return UNSURE, confidence
    return ("female" if balance > 0 else "male"), confidence


def _long(frame: _Frame, hair: Pixels, near: tuple[float, float], far: tuple[float, float]) -> float:
    """The share of the strip beside the jaw that matches the hair rather than the wall further out."""
    outside = frame.patch(far[0], 50, far[1], 60)
    wall = np.median(outside, axis=0) if len(outside) else None
    return _share(frame.patch(near[0], 56, near[1], 62), hair * 0.9, wall)


def _share(patch: Pixels, colour: Colour | Pixels, rival: Pixels | None = None) -> float:
    """The share of a patch that matches a colour, and matches it better than the rival."""
    if not len(patch):
        return 0.0
    gap = _distance(patch, colour)
    has = gap < 1.4 * _NEAR
    if rival is not None:
        has &= gap < _distance(patch, rival)
    return float(has.mean())


def _race(skin: Pixels) -> tuple[str, float]:
    """The class of the nearest tone; the confidence falls to zero halfway to the next tone."""
    gaps = sorted((float(_distance(skin, SKIN[tone])), tone) for tone in TONES)
    confidence = 1.0 - gaps[0][0] / gaps[1][0]
    return (RACE_OF_TONE[gaps[0][1]] if confidence >= _SURE else UNSURE), confidence


def _age(frame: _Frame, skin: Pixels, hair: Pixels) -> tuple[str, float]:
    """Grey hair and wrinkles indicate old age; if only one of them is present, the age is unsure."""
    grey = _distance(hair, GREY) < 1.6 * _NEAR
    dark = float(hair.max()) < 95
    if not grey and not dark:
        return UNSURE, 0.0
    lines = min(_lined(frame.patch(41, 44.2, 46, 46.6), skin), _lined(frame.patch(54, 44.2, 59, 46.6), skin))
    old = (float(grey) + min(lines / 0.1, 1.0)) / 2
    confidence = abs(2 * old - 1)
    if confidence <= _SURE:
        return UNSURE, confidence
    return ("old" if old > 0.5 else "young"), confidence


def _lined(patch: Pixels, skin: Pixels) -> float:
    """The share of a patch that is darker than the skin around it."""
    if not len(patch):
        return 0.0
    return float((patch.mean(axis=-1) < 0.9 * float(skin.mean())).mean())
