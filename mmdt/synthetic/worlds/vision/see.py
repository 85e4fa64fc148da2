"""Detection of the things in a picture of a world, with kind, colour, action and box."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from mmdt.synthetic.worlds.scene import Bounds, Thing
from mmdt.synthetic.worlds.vision.segment import Region, Segmentation, segment
from mmdt.synthetic.worlds.vision.shape import Features, SpriteTemplate, features, templates

CERTAIN = 0.35
"""Detections with a lower score are guesses, which ``see`` leaves out by default."""
_SPREAD = 0.1
"""The squared feature distance at which the score falls to 1/e."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A detected thing. ``box`` is (x0, y0, x1, y1) as shares of the picture's width and height."""

    kind: str
    color: str
    action: str
    score: float
    box: Bounds

    def thing(self) -> Thing:
        """The detection as a thing of a scene, for answering questions about it."""
        x0, y0, x1, y1 = self.box
        return Thing(self.kind, self.color, (x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0), self.action)


def see(picture: Image.Image, least: float = CERTAIN) -> list[Detection]:
    """All detections in a picture with at least this score, larger things first."""
    return recognise(segment(picture), least)


def recognise(segmented: Segmentation, least: float = CERTAIN) -> list[Detection]:
    """Like ``see``, for a picture that is already segmented."""
    found: list[Detection] = []
    for blob in segmented.blobs:
        seen = classified(segmented, blob)
        sure = (other.box for other in found if other.score >= CERTAIN)
        if seen.score >= least and not any(_within(seen.box, box) for box in sure):
            found.append(seen)
    return found


def classified(segmented: Segmentation, blob: Region) -> Detection:
    """What a region resembles most."""
    x0, y0, x1, y1 = blob.box
    vector = features(segmented.pixels[y0:y1, x0:x1], blob.mask)
    known, _ = templates()
    distances = _squared_distances(vector)
    best = int(np.argmin(distances))
    score = float(np.exp(-max(distances[best], 0.0) / _SPREAD))
    template = known[best]
    return Detection(template.kind, template.color, template.action, round(score, 4), _whole(blob, template, segmented))


def _squared_distances(vector: Features) -> Features:
    """Squared distances to all templates, as |t|^2 - 2 t.v + |v|^2.

    Uses einsum because such a small product is faster without the threads of a matrix library.
    """
    _, vectors = templates()
    products = np.einsum("ij,j->i", vectors, vector)
    return np.asarray(_norms() - 2 * products + np.einsum("i,i->", vector, vector), np.float32)


@cache
def _norms() -> Features:
    _, vectors = templates()
    return np.asarray(np.einsum("ij,ij->i", vectors, vectors), np.float32)


def _whole(blob: Region, template: SpriteTemplate, segmented: Segmentation) -> Bounds:
    """The box of the whole object including loose parts, as shares of the picture."""
    height, width = segmented.pixels.shape[:2]
    x0, y0, *_ = blob.box
    left, top, right, bottom = template.whole
    return (
        max(0.0, (x0 + left * blob.width) / width),
        max(0.0, (y0 + top * blob.height) / height),
        min(1.0, (x0 + right * blob.width) / width),
        min(1.0, (y0 + bottom * blob.height) / height),
    )


def _within(box: Bounds, other: Bounds) -> bool:
    """Whether a box is almost entirely inside another, so that it is a loose part of that object."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    own = (box[2] - box[0]) * (box[3] - box[1])
    return width > 0 and height > 0 and width * height > 0.8 * own
