"""copy.crops: is the output's picture a near copy of the case's? Finds cropped, mirrored and recoloured copies too.

Value: ``copy`` (score from 0 to 1), ``hash_distance`` (bits of 64 that differ) and ``near_copy`` (whether the score
reaches the threshold of ``copy_calibration.toml``).
"""

from __future__ import annotations

from mmdt.core.image import Image
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.copies import copy_score, hash_distance
from mmdt.evaluators.similarity_phash import Compared, calibration, plain_copies


def open_crops(rest: str, context: EvaluatorContext) -> Compared:
    """``crops``; there is nothing to set. Raises UsageError on anything more."""
    return Compared(plain_copies("crops", rest), "copy_detect.py", compare)


def compare(image: Image, reference: Image) -> dict[str, float | bool]:
    picture, original = image.pil(), reference.pil()
    score = round(copy_score(picture, original), 4)
    near = score >= calibration("crops").threshold
    return {"copy": score, "hash_distance": hash_distance(picture, original), "near_copy": near}
