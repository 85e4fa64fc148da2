"""attributes.hf: a detector finds faces and classifiers read their attributes, with transformers (extra ``hf``).

Any models can be named: ``hf/detector=...,gender=...,race=...,age=...,least=0.7``. The default classifiers were trained
on faces labelled by annotators' impressions; they report presentation, with their own biases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.faces import UNSURE, Face, asked_attributes, faces_value, settled
from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import UsageError
from mmdt.evaluators.faces.labels import OTHER, best
from mmdt.evaluators.local_evaluator import LocalEvaluator
from mmdt.models.extras import require
from mmdt.models.local.checkpoint import Checkpoint, loaded, quiet, with_weights
from mmdt.models.local.device import best_device

if TYPE_CHECKING:
    from PIL import Image as Pil

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""

DEFAULTS = {
    "detector": "IDEA-Research/grounding-dino-tiny",
    "gender": "dima806/fairface_gender_image_detection",
    "race": "cledoux42/Ethnicity_Test_v003",
    "age": "dima806/fairface_age_image_detection",
}
MIN_PROBABILITY = 0.6
"""Below this probability, a class counts as unsure."""
_OPEN_VOCABULARY = frozenset({"grounding-dino", "mm-grounding-dino", "owlvit", "owlv2", "omdet-turbo"})
_FACE_LABEL = "face"
_MIN_DETECTION = 0.4
_MARGIN = 0.15
"""Margin around a face, as a share of its size."""
_BATCH = 8

PixelCorners = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""
FaceInput = tuple[list["Pil.Image"], tuple[str, ...]]
"""The images of one output, and the requested attributes."""


class FaceNetworks:
    """The detector and the classifiers, as transformers pipelines."""

    def __init__(self, checkpoints: Mapping[str, Checkpoint]) -> None:
        self._parts = {part: _loaded(part, checkpoint) for part, checkpoint in checkpoints.items()}

    def boxes(self, picture: Pil.Image) -> list[PixelCorners]:
        """The faces, each once, from left to right."""
        detect = self._parts["detector"]
        if detect.model.config.model_type in _OPEN_VOCABULARY:
            found = detect(picture, candidate_labels=[_FACE_LABEL], threshold=_MIN_DETECTION)
        else:
            found = [each for each in detect(picture, threshold=_MIN_DETECTION) if _is_face(each["label"], detect)]
        boxes = [each["box"] for each in sorted(found, key=lambda each: -each["score"])]
        return _distinct([(box["xmin"], box["ymin"], box["xmax"], box["ymax"]) for box in boxes])

    def classes(self, attribute: str, crops: list[Pil.Image]) -> list[tuple[str, float]]:
        """The most probable class of each face, with its probability."""
        if not crops:
            return []
        replies = self._parts[attribute](crops, top_k=None, batch_size=_BATCH)
        return [best(attribute, {entry["label"]: float(entry["score"]) for entry in reply}) for reply in replies]


class HfAttributes(LocalEvaluator[FaceNetworks, FaceInput]):
    """Value: ``faces``."""

    def __init__(self, checkpoints: Mapping[str, Checkpoint], least: float = MIN_PROBABILITY) -> None:
        marks = {part: checkpoint.mark() for part, checkpoint in checkpoints.items()}
        note = "classes of how faces look to classifiers, not of who people are"
        super().__init__(EvaluatorInfo("hf", fingerprint(marks, least, VERSION), batch_size=_BATCH, note=note))
        self.checkpoints = checkpoints
        self.least = least

    def _load(self) -> FaceNetworks:
        quiet()
        return FaceNetworks(self.checkpoints)

    def _prepare(self, network: FaceNetworks, item: Item) -> FaceInput:
        return [image.pil() for image in item.output.images], asked_attributes(item.question)

    def _run(self, network: FaceNetworks, inputs: Sequence[FaceInput]) -> list[Observation]:
        return [
            Observation(faces_value([face for picture in pictures for face in self._faces(network, picture, asked)]))
            for pictures, asked in inputs
        ]

    def _faces(self, network: FaceNetworks, picture: Pil.Image, asked: Sequence[str]) -> list[Face]:
        boxes = network.boxes(picture)
        crops = [picture.crop(_widened(box, picture)) for box in boxes]
        read = {attribute: [self._settled(each) for each in network.classes(attribute, crops)] for attribute in asked}
        return [
            Face(
                _relative(box, picture),
                {attribute: read[attribute][place][0] for attribute in asked},
                {attribute: round(read[attribute][place][1], 4) for attribute in asked},
            )
            for place, box in enumerate(boxes)
        ]

    def _settled(self, found: tuple[str, float]) -> tuple[str, float]:
        name, score = found
        return (UNSURE if name == OTHER else settled(name, score, self.least)), score


def _loaded(part: str, checkpoint: Checkpoint) -> Any:
    return loaded(f"the {part} model (attributes=hf/{part}=...)", checkpoint, lambda: _pipeline(part, checkpoint))


def _pipeline(part: str, checkpoint: Checkpoint) -> Any:
    """A pipeline from the hub or a folder."""
    from transformers import (
        AutoConfig,
        AutoImageProcessor,
        AutoModelForImageClassification,
        AutoModelForObjectDetection,
        AutoModelForZeroShotObjectDetection,
        AutoTokenizer,
        pipeline,
    )

    where = checkpoint.where()
    parts: dict[str, Any] = {"image_processor": AutoImageProcessor.from_pretrained(**where), "device": best_device()}
    parts["trust_remote_code"] = False
    if part != "detector":
        return pipeline(
            "image-classification", model=with_weights(AutoModelForImageClassification, checkpoint), **parts
        )
    if AutoConfig.from_pretrained(**where).model_type not in _OPEN_VOCABULARY:
        return pipeline("object-detection", model=with_weights(AutoModelForObjectDetection, checkpoint), **parts)
    parts["tokenizer"] = AutoTokenizer.from_pretrained(**where)
    model = with_weights(AutoModelForZeroShotObjectDetection, checkpoint)
    return pipeline("zero-shot-object-detection", model=model, **parts)


def _is_face(label: str, detect: Any) -> bool:
    """Whether a box is a face: by its label, or because no label of the detector names a face."""
    names = [str(name).lower() for name in detect.model.config.id2label.values()]
    return _FACE_LABEL in label.lower() or not any(_FACE_LABEL in name for name in names)


def _distinct(boxes: list[PixelCorners]) -> list[PixelCorners]:
    """Drop boxes whose centre lies in a box with a higher score."""
    distinct: list[PixelCorners] = []
    for box in boxes:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if not any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in distinct):
            distinct.append(box)
    return sorted(distinct)


def _widened(box: PixelCorners, picture: Pil.Image) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    across, down = (right - left) * _MARGIN, (bottom - top) * _MARGIN
    edges = (max(left - across, 0), max(top - down, 0), right + across, bottom + down)
    x0, y0 = min(int(edges[0]), picture.width - 1), min(int(edges[1]), picture.height - 1)
    return x0, y0, max(min(round(edges[2]), picture.width), x0 + 1), max(min(round(edges[3]), picture.height), y0 + 1)


def _relative(box: PixelCorners, picture: Pil.Image) -> PixelCorners:
    left, top, right, bottom = box
    return left / picture.width, top / picture.height, right / picture.width, bottom / picture.height


def open_hf(rest: str, context: EvaluatorContext) -> HfAttributes:
    """``hf`` or ``hf/part=model,...`` with the parts detector, gender, race and age, and ``least``, a probability.

    Raises UsageError for any other part, MissingExtraError without transformers and torch.
    """
    models, least = dict(DEFAULTS), MIN_PROBABILITY
    for entry in filter(None, rest.split(",")):
        part, _, value = entry.partition("=")
        if part == "least":
            least = _probability(value)
        elif part in models and value:
            models[part] = value
        else:
            hint = f"write part=model with {', '.join(models)} or least, separated by commas"
            raise UsageError(f"the face pipeline has no option {entry!r}", hint=hint)
    for module in ("torch", "transformers"):
        require(module, "the face pipeline", "hf")
    named = {part: Checkpoint.named(model, where=f"attributes: hf/{part}={model}") for part, model in models.items()}
    return HfAttributes(named, least)


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError(f"least is {text!r}", hint="use a probability between 0 and 1")
    return value
