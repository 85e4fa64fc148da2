"""attributes.nudenet: faces in photographs, labelled male or female by NudeNet's bundled detector (extra ``nudenet``).

It reports neither race nor age, which stay unsure: an offline cross-check for gender, not a full reading.
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
from mmdt.errors import DataError
from mmdt.evaluators.nudenet import Detection, detect, load_detector, relative_box
from mmdt.evaluators.options import no_options

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""

MIN_SCORE = 0.5
"""Below this score, a face counts but its gender is unsure."""
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
        """Nothing to close."""

    def _observe(self, item: Item) -> Observation:
        asked = asked_attributes(item.question)
        try:
            faces = [face for image in item.output.images for face in self._faces(image, asked)]
        except DataError as error:
            return Observation.failed(str(error))
        return Observation(faces_value(faces))

    def _faces(self, image: Image, asked: Sequence[str]) -> list[Face]:
        found, size = detect(self.detector, image)
        return [_face(each, size, asked) for each in sorted(found, key=_left) if each["class"] in _GENDERS]


def _left(found: Detection) -> int:
    return int(found["box"][0])


def _face(found: Detection, size: tuple[int, int], asked: Sequence[str]) -> Face:
    score = round(float(found["score"]), 4)
    classes = dict.fromkeys(asked, UNSURE)
    if "gender" in classes:
        classes["gender"] = settled(_GENDERS[found["class"]], score, MIN_SCORE)
    return Face(relative_box(found, size), classes, {name: score if name == "gender" else 0.0 for name in asked})


def open_nudenet(rest: str, context: EvaluatorContext) -> NudenetAttributes:
    """``nudenet``, without options. Raises UsageError for any option, MissingExtraError without the library."""
    no_options("nudenet", rest)
    return NudenetAttributes(load_detector("the NudeNet face reader"))
