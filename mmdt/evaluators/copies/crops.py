"""copy.crops: whether the output's image is a near copy of the case's, even if cropped, mirrored or recoloured.

Value: ``copy`` (a score from 0 to 1), ``hash_distance`` (how many of 64 bits differ), ``near_copy`` (whether the score
reaches the threshold in ``calibration.toml``) and ``detector``, the key of its error rates there.
"""

from __future__ import annotations

from functools import lru_cache

from mmdt.core.image import Image
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.copies.calibration import calibration
from mmdt.evaluators.copies.detector import CopyDetector, CopyValue
from mmdt.evaluators.copies.matching import Edges, hash_distance
from mmdt.evaluators.options import no_options

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""


def open_crops(rest: str, context: EvaluatorContext) -> CopyDetector:
    """``crops``, without options. Raises UsageError for any option."""
    no_options("crops", rest)
    return CopyDetector("crops", VERSION, compare)


def compare(image: Image, reference: Image) -> CopyValue:
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
    """Cached because repeats of a case share their reference; about two megabytes per image."""
    return Edges.of(image.pil())
