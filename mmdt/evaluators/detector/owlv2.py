"""OWLv2 (Minderer et al. 2023) through transformers: compares each patch of the image with each label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmdt.core.boxes import Box, Corners, from_centre
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.detector.detector import DetectionQuery, Detector, open_detector
from mmdt.models.local.checkpoint import Checkpoint, with_weights
from mmdt.models.local.device import best_device

DEFAULT = "google/owlv2-base-patch16-ensemble"
_PROMPT = "a photo of a {}"
"""The wording the model was trained and evaluated with."""


class Owlv2:
    """Scores every patch for every label; neighbouring patches often find the same object."""

    most_overlap = 0.5

    def __init__(self, checkpoint: Checkpoint) -> None:
        from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

        self._device = best_device()
        self._processor: Any = AutoProcessor.from_pretrained(**checkpoint.where())
        model = with_weights(AutoModelForZeroShotObjectDetection, checkpoint)
        self._model = model.to(self._device).eval()
        self._most_tokens = int(model.config.text_config.max_position_embeddings)

    def fits(self, terms: Sequence[str]) -> bool:
        lengths = [len(self._processor.tokenizer(_PROMPT.format(term))["input_ids"]) for term in terms]
        return max(lengths) <= self._most_tokens

    def detect(self, queries: Sequence[DetectionQuery]) -> list[list[Box]]:
        import torch

        prompts = [[_PROMPT.format(term) for term in query.terms] for query in queries]
        inputs = self._processor(
            images=[query.picture for query in queries],
            text=prompts,
            padding="max_length",
            max_length=self._most_tokens,
            return_tensors="pt",
        ).to(self._device)
        with torch.inference_mode():
            outputs = self._model(**inputs)
        scores, centres = outputs.logits.sigmoid().float().cpu(), outputs.pred_boxes.float().cpu()
        return [_boxes(query, scores[place], centres[place]) for place, query in enumerate(queries)]


def _boxes(query: DetectionQuery, scores: Any, centres: Any) -> list[Box]:
    """Boxes of one image. Columns beyond the image's own labels are padding to the longest list of the batch."""
    best = scores[:, : len(query.labels)].max(dim=-1)
    strong = best.values > query.box_threshold
    found = zip(best.values[strong].tolist(), best.indices[strong].tolist(), centres[strong].tolist(), strict=True)
    width, height = query.picture.size
    return [
        Box(query.labels[label], score, unpadded(from_square, width, height)) for score, label, from_square in found
    ]


def unpadded(centre: Sequence[float], width: int, height: int) -> Corners:
    """Convert a box from relative coordinates of the padded square to those of the image.

    ``centre``: centre x and y, width and height. The image was padded to a square on the right and at the bottom.
    """
    side = max(width, height)
    x, y, across, down = centre
    return from_centre(x * side / width, y * side / height, across * side / width, down * side / height)


def open_owlv2(rest: str, context: EvaluatorContext) -> Detector:
    """``owlv2`` or ``owlv2/<id or folder>``; its scores are low, so set ``owlv2/<id>,box_threshold=0.2``."""
    return open_detector(Owlv2, "owlv2", rest, DEFAULT, needs=("torch", "transformers"))
