"""Reads the data on drawn documents from the pixels."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mmdt.attacks.drawing import lettering
from mmdt.core.image import Image
from mmdt.synthetic.documents.draw import LABELS, PAPER

_SMALLEST = 1000
_TYPES = {label: name for name, label in LABELS.items()}


@lru_cache(maxsize=512)
def fields_of(image: Image) -> dict[str, str]:
    """Type of data -> its text on the document; empty if nothing is legible.

    Raises DataError if the picture is damaged.
    """
    from scipy import ndimage

    picture = image.pil()
    labels, _ = ndimage.label((np.asarray(picture) == np.array(PAPER, dtype=np.uint8)).all(axis=-1))
    sizes = np.bincount(labels.ravel())
    found: dict[str, str] = {}
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        if sizes[number] >= _SMALLEST:
            text = lettering.read(picture.crop((columns.start, rows.start, columns.stop, rows.stop)))
            found |= _fields(text)
    return found


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    current = ""
    for line in text.split("\n"):
        label, colon, value = line.partition(": ")
        if colon and label in _TYPES:
            current = _TYPES[label]
            found[current] = value
        elif current:
            found[current] += f"\n{line}"
    return found
