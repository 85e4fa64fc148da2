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

    most_overlap = 0.8  # its queries compete already; what overlaps more is one thing found twice

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

    def detect(self, searches: Sequence[DetectionQuery]) -> list[list[Box]]:
        """Pictures of one size go together: those of several would be padded, which moves boxes."""
        sizes: dict[tuple[int, int], list[int]] = {}
        for place, search in enumerate(searches):
            sizes.setdefault(search.picture.size, []).append(place)
        found: dict[int, list[Box]] = {}
        for places in sizes.values():
            found |= zip(places, self._detect([searches[place] for place in places]), strict=True)
        return [found[place] for place in range(len(searches))]

    def _detect(self, searches: Sequence[DetectionQuery]) -> list[list[Box]]:
        import torch

        captions = [_caption(search.terms) for search in searches]
        pictures = [search.picture for search in searches]
        inputs = self._processor(images=pictures, text=captions, padding=True, return_tensors="pt").to(self._device)
        with torch.inference_mode():
            outputs = self._model(**inputs)
        scores, centres = outputs.logits.sigmoid().float().cpu(), outputs.pred_boxes.float().cpu()
        ids = inputs["input_ids"].cpu().tolist()
        return [self._boxes(search, ids[place], scores[place], centres[place]) for place, search in enumerate(searches)]

    def _boxes(self, search: DetectionQuery, ids: list[int], scores: Any, centres: Any) -> list[Box]:
        spans = phrase_spans(ids, self._separators)
        strong = scores.max(dim=-1).values > search.box_threshold  # most of the 900 queries found nothing
        boxes = []
        for tokens, centre in zip(scores[strong].tolist(), centres[strong].tolist(), strict=True):
            found = best_phrase(tokens, spans, search.text_threshold)
            if found is not None:
                boxes.append(Box(search.labels[found[0]], found[1], from_centre(*centre)))
        return boxes


def _caption(terms: Sequence[str]) -> str:
    return " ".join(f"{term}." for term in terms)


def open_grounding_dino(rest: str, context: EvaluatorContext) -> Detector:
    """``grounding-dino`` or ``grounding-dino/<id or folder>``."""
    return open_detector(GroundingDino, "grounding-dino", rest, DEFAULT)
