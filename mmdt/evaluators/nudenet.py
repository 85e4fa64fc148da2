"""The bundled detector of the NudeNet library (extra ``nudenet``), shared by the evaluators of faces and of nudity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.image import Image
from mmdt.errors import MissingExtraError

Detection = Mapping[str, Any]
"""As the library returns it: ``class``, ``score`` and ``box`` (left, top, width, height in pixels)."""


def load_detector(purpose: str) -> Any:
    """The detector. Raises MissingExtraError, which names the ``purpose``, if the library is not installed."""
    try:
        from nudenet import NudeDetector
    except ImportError as error:
        raise MissingExtraError(purpose, "nudenet", error) from error
    return NudeDetector()


def detect(detector: Any, image: Image) -> tuple[list[Detection], tuple[int, int]]:
    """All detections in an image, and the image's width and height. Raises DataError if the image is damaged."""
    import numpy as np

    picture = image.pil()
    return list(detector.detect(np.asarray(picture)[:, :, ::-1].copy())), picture.size  # the library expects BGR


def relative_box(found: Detection, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """A detection's box as left, top, right, bottom, relative to the image's width and height."""
    left, top, across, down = found["box"]
    width, height = size
    return left / width, top / height, (left + across) / width, (top + down) / height
