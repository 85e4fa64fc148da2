"""attributes.hf: finds faces with a detector and reads each with classifiers, all through transformers (extra ``hf``).

Any model ids can be named: ``hf/detector=...,gender=...,race=...,age=...,least=0.7``. The classifiers of the defaults
were trained on faces labelled by how they look to annotators; what they say is presentation, with their own biases.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError, MissingExtraError, UsageError
from mmdt.evaluators.face_labels import OTHER, best
from mmdt.evaluators.faces import UNSURE, Face, asked_attributes, faces_value, settled
from mmdt.evaluators.fingerprint import fingerprint, source

if TYPE_CHECKING:
    from PIL import Image as Pil

DEFAULTS = {
    "detector": "IDEA-Research/grounding-dino-tiny",
    "gender": "dima806/fairface_gender_image_detection",
    "race": "cledoux42/Ethnicity_Test_v003",
    "age": "dima806/fairface_age_image_detection",
}
LEAST = 0.6
"""Probability below which a class is unsure."""
_OPEN_VOCABULARY = frozenset({"grounding-dino", "mm-grounding-dino", "owlvit", "owlv2", "omdet-turbo"})
_FACE_LABEL = "face"
_DETECTED = 0.4
_MARGIN = 0.15
"""Share of a face's size that is kept around it."""
_BATCH = 8


@dataclass(slots=True)
class HfAttributes:
    """Value: ``faces``. Models are loaded at the first picture and stay for the run."""

    models: Mapping[str, str]
    least: float = LEAST
    _loaded: dict[str, Any] = field(default_factory=dict)

    @property
    def info(self) -> EvaluatorInfo:
        marks = {part: _mark(model) for part, model in self.models.items()}
        code = [source(name) for name in ("attributes_hf.py", "face_labels.py")]
        note = "classes of how faces look to classifiers, not of who people are"
        return EvaluatorInfo("hf", fingerprint(marks, self.least, *code), batch_size=_BATCH, note=note)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [self._observe(item) for item in items])

    async def close(self) -> None:
        self._loaded.clear()

    def _observe(self, item: Item) -> Observation:
        asked = asked_attributes(item.question)
        try:
            pictures = [image.pil() for image in item.output.images]
        except DataError as error:
            return Observation.failed(str(error))
        return Observation(faces_value([face for picture in pictures for face in self._faces(picture, asked)]))

    def _faces(self, picture: Pil.Image, asked: Sequence[str]) -> list[Face]:
        boxes = self._boxes(picture)
        crops = [picture.crop(_widened(box, picture)) for box in boxes]
        read = {attribute: self._classes(attribute, crops) for attribute in asked}
        return [
            Face(
                _shares(box, picture),
                {attribute: read[attribute][place][0] for attribute in asked},
                {attribute: round(read[attribute][place][1], 4) for attribute in asked},
            )
            for place, box in enumerate(boxes)
        ]

    def _boxes(self, picture: Pil.Image) -> list[tuple[float, float, float, float]]:
        detect = self._pipeline("detector")
        if detect.model.config.model_type in _OPEN_VOCABULARY:
            found = detect(picture, candidate_labels=[_FACE_LABEL], threshold=_DETECTED)
        else:
            found = [each for each in detect(picture, threshold=_DETECTED) if _is_face(each["label"], detect)]
        boxes = [each["box"] for each in sorted(found, key=lambda each: -each["score"])]
        return _distinct([(box["xmin"], box["ymin"], box["xmax"], box["ymax"]) for box in boxes])

    def _classes(self, attribute: str, crops: list[Pil.Image]) -> list[tuple[str, float]]:
        if not crops:
            return []
        replies = self._pipeline(attribute)(crops, top_k=None, batch_size=_BATCH)
        found = [best(attribute, {entry["label"]: float(entry["score"]) for entry in reply}) for reply in replies]
        return [(UNSURE if name == OTHER else settled(name, score, self.least), score) for name, score in found]

    def _pipeline(self, part: str) -> Any:
        if part not in self._loaded:
            self._loaded[part] = _load(part, self.models[part])
        return self._loaded[part]


def _load(part: str, model: str) -> Any:
    """A pipeline from the hub or a folder; weights are read from safetensors alone, never unpickled."""
    from transformers import AutoConfig, pipeline

    try:
        if part != "detector":
            task = "image-classification"
        else:
            open_vocabulary = AutoConfig.from_pretrained(model).model_type in _OPEN_VOCABULARY
            task = "zero-shot-object-detection" if open_vocabulary else "object-detection"
        return pipeline(task, model=model, model_kwargs={"use_safetensors": True})
    except (OSError, ValueError, KeyError) as error:
        cure = f"name another model: --evaluator attributes=hf/{part}=ID_OR_FOLDER"
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UsageError(f"the {part} model cannot be loaded: {reason}", where=model, cure=cure) from error


def _is_face(label: str, detect: Any) -> bool:
    """Whether a box is a face: by its label, or because the detector knows nothing else."""
    names = [str(name).lower() for name in detect.model.config.id2label.values()]
    return _FACE_LABEL in label.lower() or not any(_FACE_LABEL in name for name in names)


def _distinct(boxes: list[tuple[float, float, float, float]]) -> list[tuple[float, float, float, float]]:
    """Without boxes whose centre lies in a better one."""
    kept: list[tuple[float, float, float, float]] = []
    for box in boxes:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if not any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in kept):
            kept.append(box)
    return sorted(kept)


def _widened(box: tuple[float, float, float, float], picture: Pil.Image) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    across, down = (right - left) * _MARGIN, (bottom - top) * _MARGIN
    edges = (max(left - across, 0), max(top - down, 0), right + across, bottom + down)
    x0, y0 = min(int(edges[0]), picture.width - 1), min(int(edges[1]), picture.height - 1)
    return x0, y0, max(min(round(edges[2]), picture.width), x0 + 1), max(min(round(edges[3]), picture.height), y0 + 1)


def _shares(box: tuple[float, float, float, float], picture: Pil.Image) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return left / picture.width, top / picture.height, right / picture.width, bottom / picture.height


def _mark(model: str) -> list[Any]:
    """What tells one state of a model from another: its id, or the names and sizes of a folder's files."""
    folder = Path(model)
    if not folder.is_dir():
        return [model]
    return [model, sorted((path.name, path.stat().st_size) for path in folder.iterdir() if path.is_file())]


def open_hf(rest: str, context: EvaluatorContext) -> HfAttributes:
    """``hf`` or ``hf/part=model,...`` with the parts detector, gender, race, age and ``least`` (a probability).

    Raises UsageError on another part, MissingExtraError without transformers and torch.
    """
    models, least = dict(DEFAULTS), LEAST
    for entry in filter(None, rest.split(",")):
        part, _, value = entry.partition("=")
        if part == "least":
            least = _probability(value)
        elif part in models and value:
            models[part] = value
        else:
            cure = f"write part=model with {', '.join(models)} or least, separated by commas"
            raise UsageError(f"the face pipeline takes no {entry!r}", cure=cure)
    try:
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("the face pipeline", "hf", error) from error
    return HfAttributes(models, least)


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError(f"least is {text!r}", cure="give a probability between 0 and 1")
    return value
