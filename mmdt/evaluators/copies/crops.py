"""copy.crops: is the output's picture a near copy of the case's? Finds cropped, mirrored and recoloured copies too.

Value: ``copy`` (score from 0 to 1), ``hash_distance`` (bits of 64 that differ), ``near_copy`` (whether the score
reaches the threshold of ``calibration.toml``) and ``detector``, by which its error rates are found there.
"""

from __future__ import annotations

from functools import lru_cache

from mmdt.core.image import Image
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.copies.calibration import calibration
from mmdt.evaluators.copies.matching import Edges, hash_distance
from mmdt.evaluators.copies.phash import Compared, Seen, plain_copies

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made anew."""


def open_crops(rest: str, context: EvaluatorContext) -> Compared:
    """``crops``; there is nothing to set. Raises UsageError on anything more."""
    return Compared(plain_copies("crops", rest), VERSION, compare)


def compare(image: Image, reference: Image) -> Seen:
    score = round(_edges(image).score(_edges(reference)), 4)
    near = score >= calibration("crops").threshold
    return {
        "copy": score,
        "hash_distance": hash_distance(image.pil(), reference.pil()),
        "near_copy": near,
        "detector": "crops",
    }


@lru_cache(maxsize=16)
def _edges(image: Image) -> Edges:
    """Two megabytes a picture; repeats of a case share their reference."""
    return Edges.of(image.pil())
