"""attributes.nudenet: faces of photographs, labelled male or female by NudeNet's bundled detector (extra ``nudenet``).

It knows no race and no age, which stay unsure: an offline cross-check for gender, not a full reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from mmdt.core.faces import UNSURE, Face, asked_attributes, faces_value, settled
from mmdt.core.fingerprint import fingerprint
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError, MissingExtraError, UsageError

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made anew."""

MIN_SCORE = 0.5
"""Score below which a face is there but its gender unsure."""
_GENDERS = {"FACE_MALE": "male", "FACE_FEMALE": "female"}


@dataclass(frozen=True, slots=True)
class NudenetAttributes:
    """Value: ``faces``."""

    detector: Any

    @property
    def info(self) -> EvaluatorInfo:
        mark = fingerprint("attributes.nudenet", VERSION, version("nudenet"))
        note = "gender of photographed faces only, by one small detector"
        return EvaluatorInfo("nudenet", mark, batch_size=4, note=note)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [self._observe(item) for item in items])

    async def close(self) -> None:
        """Nothing is held open."""

    def _observe(self, item: Item) -> Observation:
        asked = asked_attributes(item.question)
        try:
            faces = [face for image in item.output.images for face in self._faces(image, asked)]
        except DataError as error:
            return Observation.failed(str(error))
        return Observation(faces_value(faces))

    def _faces(self, image: Image, asked: Sequence[str]) -> list[Face]:
        import numpy as np

        picture = image.pil()
        found = self.detector.detect(np.asarray(picture)[:, :, ::-1].copy())  # the library takes BGR
        return [_face(each, picture.size, asked) for each in sorted(found, key=_left) if each["class"] in _GENDERS]


def _left(found: dict[str, Any]) -> int:
    return int(found["box"][0])


def _face(found: dict[str, Any], size: tuple[int, int], asked: Sequence[str]) -> Face:
    left, top, across, down = found["box"]
    box = (left / size[0], top / size[1], (left + across) / size[0], (top + down) / size[1])
    score = round(float(found["score"]), 4)
    classes = dict.fromkeys(asked, UNSURE)
    if "gender" in classes:
        classes["gender"] = settled(_GENDERS[found["class"]], score, MIN_SCORE)
    return Face(box, classes, {name: score if name == "gender" else 0.0 for name in asked})


def open_nudenet(rest: str, context: EvaluatorContext) -> NudenetAttributes:
    """``nudenet``; there is nothing to set. Raises MissingExtraError without the library."""
    if rest:
        raise UsageError(f"the NudeNet reader takes no {rest!r}", hint="write nudenet alone")
    try:
        from nudenet import NudeDetector
    except ImportError as error:
        raise MissingExtraError("the NudeNet reader", "nudenet", error) from error
    return NudenetAttributes(NudeDetector())
