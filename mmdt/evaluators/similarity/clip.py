"""Similarity by CLIP (Radford et al. 2021): of an image and a text, or of two images.

Question ``{"prompt": text}``: value ``{"similarity": cosine}`` of the output's image and ``"A photo depicts " + text``,
the wording of CLIPScore (Hessel et al. 2021, section 3); ``"prefix"`` in the question replaces these words. Question
``{"reference": "image"}``: value ``{"similarity": cosine, "l2": distance}`` of the output's image and the case's first
image; the distance is between the embeddings before normalization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.evaluators.local_evaluator import LocalEvaluator, output_picture
from mmdt.models.extras import require
from mmdt.models.local.checkpoint import Checkpoint, loaded, quiet, with_weights
from mmdt.models.local.device import best_device

if TYPE_CHECKING:
    from PIL import Image as Pil

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""

DEFAULT = "openai/clip-vit-base-patch32"
PREFIX = "A photo depicts "
_BATCH_SIZE = 32


@dataclass(frozen=True, slots=True)
class SimilarityPair:
    """An image and what to compare it with: the ``reference`` image if given, otherwise the ``text``."""

    picture: Pil.Image
    text: str = ""
    reference: Pil.Image | None = None


class Clip:
    """The two encoders. Embeddings are rows of float32 arrays."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        from transformers import AutoModel, AutoProcessor

        self._device = best_device()
        self._processor: Any = AutoProcessor.from_pretrained(**checkpoint.where())
        self._model = with_weights(AutoModel, checkpoint).to(self._device).eval()

    def pictures(self, pictures: Sequence[Pil.Image]) -> Any:
        inputs = self._processor(images=list(pictures), return_tensors="pt").to(self._device)
        return self._embedded(self._model.get_image_features, inputs)

    def texts(self, texts: Sequence[str]) -> Any:
        """Texts that are too long for the model are truncated, as in CLIPScore."""
        inputs = self._processor(text=list(texts), padding=True, truncation=True, return_tensors="pt").to(self._device)
        return self._embedded(self._model.get_text_features, inputs)

    def _embedded(self, encode: Any, inputs: Any) -> Any:
        import torch

        with torch.inference_mode():
            return encode(**inputs).pooler_output.float().cpu().numpy()


class ClipSimilarity(LocalEvaluator[Clip, SimilarityPair]):
    """CLIP from the hub or a folder."""

    def __init__(self, name: str, checkpoint: Checkpoint) -> None:
        mark = fingerprint(checkpoint.mark(), "clip", VERSION)
        super().__init__(EvaluatorInfo(name, mark, batch_size=_BATCH_SIZE))
        self._checkpoint = checkpoint

    def _load(self) -> Clip:
        quiet()
        return loaded("the similarity model", self._checkpoint, lambda: Clip(self._checkpoint))

    def _prepare(self, network: Clip, item: Item) -> SimilarityPair:
        picture = output_picture(item)
        if item.question.get("reference") == "image":
            if not item.case.images:
                raise ValueError("the case has no picture to compare with")
            return SimilarityPair(picture, reference=item.case.images[0].pil())
        prompt = item.question.get("prompt")
        if not isinstance(prompt, str) or not prompt.strip():
            raise ValueError("the question names neither a prompt nor a reference")
        return SimilarityPair(picture, str(item.question.get("prefix", PREFIX)) + prompt)

    def _run(self, network: Clip, inputs: Sequence[SimilarityPair]) -> list[Observation]:
        images = network.pictures([pair.picture for pair in inputs])
        texts = dict(zip(_texts(inputs), network.texts(_texts(inputs)), strict=True)) if _texts(inputs) else {}
        references = [pair.reference for pair in inputs if pair.reference is not None]
        reference_images = iter(network.pictures(references)) if references else iter(())
        return [
            _similarity(images[place], next(reference_images), distance=True)
            if pair.reference is not None
            else _similarity(images[place], texts[pair.text], distance=False)
            for place, pair in enumerate(inputs)
        ]


def _texts(inputs: Sequence[SimilarityPair]) -> list[str]:
    return list(dict.fromkeys(pair.text for pair in inputs if pair.reference is None))


def _similarity(one: Any, other: Any, *, distance: bool) -> Observation:
    import numpy as np

    cosine = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
    value = {"similarity": min(max(cosine, -1.0), 1.0)}  # rounding may exceed the range
    if distance:
        value["l2"] = float(np.linalg.norm(one - other))
    return Observation(value)


def open_clip(rest: str, context: EvaluatorContext) -> ClipSimilarity:
    """``clip`` or ``clip/<id or folder>``. Raises UsageError for an invalid name, MissingExtraError without torch."""
    for module in ("torch", "transformers"):
        require(module, "similarity by CLIP", "hf")
    checkpoint = Checkpoint.named(rest or DEFAULT, where=f"similarity: clip/{rest}")
    return ClipSimilarity(f"clip/{rest or DEFAULT}", checkpoint)
