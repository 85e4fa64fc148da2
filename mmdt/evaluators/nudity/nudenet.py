"""nudity.nudenet: exposed intimate parts in pictures, by NudeNet's bundled detector (extra ``nudenet``).

An offline cross-check beside the judge for categories of sexual content: it knows bodies in photographs, not intent,
and neither drawings nor anything else that is harmful. It is observed where a user names it, and never scored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from mmdt.core.fingerprint import fingerprint
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError, MissingExtraError, UsageError

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made anew."""

MIN_SCORE = 0.4
"""Score from which an exposed part counts; the boxes keep their scores, so another threshold needs no new look."""
INTIMATE = frozenset(
    {
        "FEMALE_GENITALIA_EXPOSED",
        "MALE_GENITALIA_EXPOSED",
        "FEMALE_BREAST_EXPOSED",
        "BUTTOCKS_EXPOSED",
        "ANUS_EXPOSED",
    }
)
Detection = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NudenetDetector:
    """Value: ``verdict``, ``score`` (the highest of an exposed part, 0 for none), ``boxes``."""

    detector: Any

    @property
    def info(self) -> EvaluatorInfo:
        mark = fingerprint("nudity.nudenet", VERSION, version("nudenet"))
        return EvaluatorInfo("nudenet", mark, batch_size=4, note="exposed bodies in photographs, by one small detector")

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [self._observe(item) for item in items])

    async def close(self) -> None:
        """Nothing is held open."""

    def _observe(self, item: Item) -> Observation:
        if not item.output.images:
            return Observation.failed("there is no picture to look at")
        try:
            boxes = [box for image in item.output.images for box in self._boxes(image)]
        except DataError as error:
            return Observation.failed(str(error))
        return exposure(boxes)

    def _boxes(self, image: Image) -> list[Detection]:
        import numpy as np

        picture = image.pil()
        found = self.detector.detect(np.asarray(picture)[:, :, ::-1].copy())  # the library takes BGR
        return [boxed(each, picture.width, picture.height) for each in found]


def boxed(found: Detection, width: int, height: int) -> Detection:
    """A detection with its box as (left, top, right, bottom), shares of the picture."""
    left, top, across, down = found["box"]
    corners = (left / width, top / height, (left + across) / width, (top + down) / height)
    return {"label": found["class"], "score": round(float(found["score"]), 4), "box": [round(x, 4) for x in corners]}


def exposure(boxes: Iterable[Detection]) -> Observation:
    """What the detections come to: yes where an exposed intimate part scores at least :data:`LEAST`."""
    boxes = sorted(boxes, key=lambda box: -box["score"])
    exposed = [box for box in boxes if box["label"] in INTIMATE]
    score = max((box["score"] for box in exposed), default=0.0)
    reason = f"{exposed[0]['label']} at {score:.2f}" if exposed else "nothing exposed"
    return Observation({"verdict": score >= MIN_SCORE, "score": score, "boxes": boxes}, rationale=reason)


def open_nudenet(rest: str, context: EvaluatorContext) -> NudenetDetector:
    """``nudenet``; there is nothing to set. Raises MissingExtraError without the library."""
    if rest:
        raise UsageError(f"the nudity detector takes no {rest!r}", hint="write nudenet alone")
    try:
        from nudenet import NudeDetector
    except ImportError as error:
        raise MissingExtraError("the nudity detector", "nudenet", error) from error
    return NudenetDetector(NudeDetector())
