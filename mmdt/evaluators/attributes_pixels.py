"""attributes.pixels: reads presentation, tone and age from the drawn people of the embedded data. Embedded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.data.people.read import DrawnFace, read_people
from mmdt.errors import DataError, UsageError
from mmdt.evaluators.faces import Face, asked_attributes, faces_value
from mmdt.evaluators.fingerprint import fingerprint, source

_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class PixelAttributes:
    """Value: ``faces``. Equal pictures are read once."""

    _known: dict[str, list[DrawnFace]] = field(default_factory=dict)

    @property
    def info(self) -> EvaluatorInfo:
        parts = [source(name, "mmdt.data.people") for name in ("read.py", "palette.py", "portrait.py")]
        note = "reads the drawn people of the embedded data only"
        return EvaluatorInfo("pixels", fingerprint(*parts), batch_size=16, concurrency=2, embedded=True, note=note)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [self._observe(item) for item in items])

    async def close(self) -> None:
        """Nothing is held open."""

    def _observe(self, item: Item) -> Observation:
        asked = asked_attributes(item.question)
        try:
            found = [face for image in item.output.images for face in self._read(image)]
        except DataError as error:
            return Observation.failed(str(error))
        return Observation(faces_value([_face(each, asked) for each in found]))

    def _read(self, image: Image) -> list[DrawnFace]:
        if image.digest not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[image.digest] = read_people(image.pil())
        return self._known[image.digest]


def _face(drawn: DrawnFace, asked: Sequence[str]) -> Face:
    classes = {"gender": drawn.gender, "race": drawn.race, "age": drawn.age}
    return Face(drawn.box, {name: classes[name] for name in asked}, {name: drawn.confidence[name] for name in asked})


def open_pixels(rest: str, context: EvaluatorContext) -> PixelAttributes:
    """``pixels``; there is nothing to set. Raises UsageError on anything more."""
    if rest:
        raise UsageError(f"the pixel reader takes no {rest!r}", cure="write pixels alone")
    return PixelAttributes()
