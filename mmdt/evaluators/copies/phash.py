"""copy.phash: whether the output's image is a near copy of the case's, by perceptual hash. Fast, but misses crops.

Value: ``hash_distance`` (how many of 64 bits differ), ``near_copy`` (whether the distance is at most the threshold in
``calibration.toml``) and ``detector``, the key of its error rates there.
"""

from __future__ import annotations

from mmdt.core.image import Image
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.copies.calibration import calibration
from mmdt.evaluators.copies.detector import CopyDetector, CopyValue
from mmdt.evaluators.copies.matching import hash_distance
from mmdt.evaluators.options import no_options

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""


def open_phash(rest: str, context: EvaluatorContext) -> CopyDetector:
    """``phash``, without options. Raises UsageError for any option."""
    no_options("phash", rest)
    return CopyDetector("phash", VERSION, compare)


def compare(image: Image, reference: Image) -> CopyValue:
    distance = hash_distance(image.pil(), reference.pil())
    near = distance <= calibration("phash").threshold
    return {"hash_distance": distance, "near_copy": near, "detector": "phash"}
