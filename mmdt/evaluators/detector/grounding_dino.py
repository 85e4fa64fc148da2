"""Grounding DINO (Liu et al. 2024) through transformers: boxes grounded in the words of one caption."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmdt.core.boxes import Box, from_centre
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.detector.detector import DetectionQuery, Detector, open_detector
from mmdt.evaluators.detector.phrases import best_phrase, phrase_spans
from mmdt.models.local.checkpoint import Checkpoint, with_weights
from mmdt.models.local.device import best_device

DEFAULT = "IDEA-Research/grounding-dino-base"


class GroundingDino:
    """The labels become one caption, ``"a cat. dog."``; every box has a score for each of its tokens."""

    most_overlap = 0.8  # its queries already compete; boxes that overlap more are duplicates

    def __init__(self, checkpoint: Checkpoint) -> None:
        from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

        self._device = best_device()
        self._processor: Any = AutoProcessor.from_pretrained(**checkpoint.where())
        model = with_weights(AutoModelForZeroShotObjectDetection, checkpoint)
        self._model = model.to(self._device).eval()
        self._most_tokens = int(model.config.max_text_len)
        tokenizer = self._processor.tokenizer
        self._separators = frozenset({*tokenizer.all_special_ids, *tokenizer.convert_tokens_to_ids([".", "?"])})

    def fits(self, terms: Sequence[str]) -> bool:
        return len(self._processor.tokenizer(_caption(terms))["input_ids"]) <= self._most_tokens

    def detect(self, queries: Sequence[DetectionQuery]) -> list[list[Box]]:
        """Detect in batches of equal image size: mixed sizes would be padded, which shifts boxes."""
        sizes: dict[tuple[int, int], list[int]] = {}
        for place, query in enumerate(queries):
            sizes.setdefault(query.picture.size, []).append(place)
        found: dict[int, list[Box]] = {}
        for places in sizes.values():
            found |= zip(places, self._detect([queries[place] for place in places]), strict=True)
        return [found[place] for place in range(len(queries))]

    def _detect(self, queries: Sequence[DetectionQuery]) -> list[list[Box]]:
        import torch

        captions = [_caption(query.terms) for query in queries]
        pictures = [query.picture for query in queries]
        inputs = self._processor(images=pictures, text=captions, padding=True, return_tensors="pt").to(self._device)
        with torch.inference_mode():
            outputs = self._model(**inputs)
        scores, centres = outputs.logits.sigmoid().float().cpu(), outputs.pred_boxes.float().cpu()
        ids = inputs["input_ids"].cpu().tolist()
        return [self._boxes(query, ids[place], scores[place], centres[place]) for place, query in enumerate(queries)]

    def _boxes(self, query: DetectionQuery, ids: list[int], scores: Any, centres: Any) -> list[Box]:
        spans = phrase_spans(ids, self._separators)
        strong = scores.max(dim=-1).values > query.box_threshold  # most of the 900 queries find nothing
        boxes = []
        for tokens, centre in zip(scores[strong].tolist(), centres[strong].tolist(), strict=True):
            found = best_phrase(tokens, spans, query.text_threshold)
            if found is not None:
                boxes.append(Box(query.labels[found[0]], found[1], from_centre(*centre)))
        return boxes


def _caption(terms: Sequence[str]) -> str:
    return " ".join(f"{term}." for term in terms)


def open_grounding_dino(rest: str, context: EvaluatorContext) -> Detector:
    """``grounding-dino`` or ``grounding-dino/<id or folder>``."""
    return open_detector(GroundingDino, "grounding-dino", rest, DEFAULT, needs=("torch", "transformers"))
