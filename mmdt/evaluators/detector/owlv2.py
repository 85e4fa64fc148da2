"""OWLv2 (Minderer et al. 2023) through transformers: each patch of the picture compared with each label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmdt.core.boxes import Box, Corners, from_centre
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.detector.detector import DetectionQuery, Detector, open_detector
from mmdt.models.local.checkpoint import Checkpoint, with_weights
from mmdt.models.local.device import best_device

DEFAULT = "google/owlv2-base-patch16-ensemble"
_QUERY = "a photo of a {}"
"""The wording that the model was trained and tested with."""


class Owlv2:
    """One score for each patch and label; neighbouring patches find the same thing again."""

    most_overlap = 0.5

    def __init__(self, checkpoint: Checkpoint) -> None:
        from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

        self._device = best_device()
        self._processor: Any = AutoProcessor.from_pretrained(**checkpoint.where())
        model = with_weights(AutoModelForZeroShotObjectDetection, checkpoint)
        self._model = model.to(self._device).eval()
        self._most_tokens = int(model.config.text_config.max_position_embeddings)

    def fits(self, terms: Sequence[str]) -> bool:
        lengths = [len(self._processor.tokenizer(_QUERY.format(term))["input_ids"]) for term in terms]
        return max(lengths) <= self._most_tokens

    def detect(self, searches: Sequence[DetectionQuery]) -> list[list[Box]]:
        import torch

        queries = [[_QUERY.format(term) for term in search.terms] for search in searches]
        inputs = self._processor(
            images=[search.picture for search in searches],
            text=queries,
            padding="max_length",
            max_length=self._most_tokens,
            return_tensors="pt",
        ).to(self._device)
        with torch.inference_mode():
            outputs = self._model(**inputs)
        scores, centres = outputs.logits.sigmoid().float().cpu(), outputs.pred_boxes.float().cpu()
        return [_boxes(search, scores[place], centres[place]) for place, search in enumerate(searches)]


def _boxes(search: DetectionQuery, scores: Any, centres: Any) -> list[Box]:
    """A batch holds as many columns as its longest list of labels; the rest of a row's are padding."""
    best = scores[:, : len(search.labels)].max(dim=-1)
    strong = best.values > search.box_threshold
    found = zip(best.values[strong].tolist(), best.indices[strong].tolist(), centres[strong].tolist(), strict=True)
    width, height = search.picture.size
    return [
        Box(search.labels[label], score, unpadded(from_square, width, height)) for score, label, from_square in found
    ]


def unpadded(centre: Sequence[float], width: int, height: int) -> Corners:
    """A box (centre and size, shares of the square that the picture was padded to, right and below) as shares of the
    picture itself."""
    side = max(width, height)
    x, y, across, down = centre
    return from_centre(x * side / width, y * side / height, across * side / width, down * side / height)


def open_owlv2(rest: str, context: EvaluatorContext) -> Detector:
    """``owlv2`` or ``owlv2/<id or folder>``; its scores run low: ``owlv2/<id>,box_threshold=0.2``."""
    return open_detector(Owlv2, "owlv2", rest, DEFAULT)
