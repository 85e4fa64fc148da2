"""attributes.pixels: an embedded evaluator that reads presentation, tone and age of the drawn people."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from mmdt.core.faces import Face, asked_attributes, faces_value
from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError
from mmdt.synthetic.observers.pixels import require_no_options
from mmdt.synthetic.people.read import DrawnFace, people_in

VERSION = "1"
"""Increase this whenever an observation could change, so that stored observations are not reused."""


@dataclass(frozen=True, slots=True)
class PixelAttributes:
    """Observes the drawn faces in a picture. Value: ``faces``."""

    @property
    def info(self) -> EvaluatorInfo:
        note = "reads the drawn people of the embedded data only"
        return EvaluatorInfo(
            "pixels", fingerprint("attributes.pixels", VERSION), batch_size=16, concurrency=2, embedded=True, note=note
        )

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [_observe(item) for item in items])

    async def close(self) -> None:
        """Do nothing: the evaluator holds no resources."""


def _observe(item: Item) -> Observation:
    asked = asked_attributes(item.question)
    try:
        found = [face for image in item.output.images for face in people_in(image)]
    except DataError as error:
        return Observation.failed(str(error))
    return Observation(faces_value([_face(each, asked) for each in found]))


def _face(drawn: DrawnFace, asked: Sequence[str]) -> Face:
    classes = {"gender": drawn.gender, "race": drawn.race, "age": drawn.age}
    return Face(drawn.box, {name: classes[name] for name in asked}, {name: drawn.confidence[name] for name in asked})


def open_pixels(rest: str, context: EvaluatorContext) -> PixelAttributes:
    """``pixels``; it has no options. Raises UsageError if one is given."""
    require_no_options("pixels", rest)
    return PixelAttributes()
