"""CLIP's text encoder as a surrogate of models that draw: embeddings and gradients of tokens (extra ``hf``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from mmdt.core.surrogate import Goal, Losses, Tokens, Vector
from mmdt.errors import UsageError
from mmdt.models.hf.processor import tokenizer_of
from mmdt.models.hf.surrogate import open_surrogate
from mmdt.models.local.checkpoint import Checkpoint, with_weights
from mmdt.models.local.device import best_device

_BATCH = 64
_WORD = re.compile(r"[a-z]{3,}")


class ClipText:
    """A checkpoint of CLIP as a whole, whose embeddings are its text features, or of its text encoder alone (as in the
    folder ``text_encoder`` of Stable Diffusion), whose embeddings are the pooled state."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        from transformers import AutoConfig, AutoModel, AutoProcessor, CLIPTextModel, CLIPTextModelWithProjection

        where = checkpoint.where()
        config = AutoConfig.from_pretrained(**where)
        self._checkpoint, self._device = checkpoint, best_device()
        self._processor: Any = AutoProcessor.from_pretrained(**where)
        self._tokenizer: Any = tokenizer_of(self._processor)
        if config.model_type == "clip_text_model":
            projected = "CLIPTextModelWithProjection" in (config.architectures or ())
            kind: Any = CLIPTextModelWithProjection if projected else CLIPTextModel
        elif config.model_type == "clip":
            kind = AutoModel
        else:
            hint = "use a CLIP, or the text encoder of one"
            raise UsageError(f"{config.model_type} has no text encoder of CLIP", where=checkpoint.name, hint=hint)
        self._model = with_weights(kind, checkpoint).to(self._device).float().eval().requires_grad_(False)
        self._ends = self._begin_and_end()

    @property
    def name(self) -> str:
        return f"clip-text/{self._checkpoint.mark()}"

    @property
    def room(self) -> int:
        config = getattr(self._model.config, "text_config", self._model.config)
        return int(min(config.max_position_embeddings, self._tokenizer.model_max_length)) - 2

    @cached_property
    def words(self) -> Sequence[str]:
        """Tokens that are a word of three lower-case letters or more, and read back as themselves."""
        pieces = self._tokenizer.convert_ids_to_tokens(range(len(self._tokenizer)))
        marked = any(piece.endswith("</w>") for piece in pieces)
        found = [piece.removesuffix("</w>") if piece.endswith("</w>") or not marked else "" for piece in pieces]
        return tuple(
            word if _WORD.fullmatch(word) and self.tokens(word) == (place,) else "" for place, word in enumerate(found)
        )

    def tokens(self, text: str) -> Tokens:
        return tuple(self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def embedding(self, texts: Sequence[str]) -> Vector:
        import torch

        with torch.inference_mode():
            rows = [self._embedded(self._ids([self.tokens(text)[: self.room]])) for text in texts]
            return np.asarray(torch.cat(rows).cpu().numpy(), np.float32)

    def direction(self, goal: Goal) -> Vector:
        wanted = self._seen(goal) if goal.picture is not None else self.embedding([goal.text])[0]
        return wanted - self.embedding([goal.away])[0] if goal.away else wanted

    def losses(self, batch: Sequence[Tokens], direction: Vector) -> Losses:
        import torch

        towards = torch.tensor(direction, device=self._device)
        with torch.inference_mode():
            parts = [
                1 - self._embedded(self._ids(batch[start : start + _BATCH])) @ towards
                for start in range(0, len(batch), _BATCH)
            ]
            return np.asarray(torch.cat(parts).double().cpu().numpy())

    def slopes(self, tokens: Tokens, direction: Vector) -> Vector:
        import torch

        table = getattr(self._model, "text_model", self._model).get_input_embeddings()
        caught: list[Any] = []

        def keep(module: Any, inputs: Any, output: Any) -> Any:
            caught.append(output.detach().requires_grad_(True))
            return caught[-1]

        handle = table.register_forward_hook(keep)
        try:
            with torch.enable_grad():
                loss = 1 - self._embedded(self._ids([tokens])) @ torch.tensor(direction, device=self._device)
                (slope,) = torch.autograd.grad(loss.sum(), caught[-1])
        finally:
            handle.remove()
        found = slope[0, 1 : 1 + len(tokens)] @ table.weight.T
        return np.asarray(found.cpu().numpy(), np.float32)

    def _embedded(self, ids: Any) -> Any:
        """Embeddings of length 1 for rows of ids with begin and end."""
        from torch.nn import functional

        if hasattr(self._model, "get_text_features"):
            found = self._model.get_text_features(input_ids=ids)
            found = getattr(found, "pooler_output", found)
        else:
            made = self._model(input_ids=ids)
            found = getattr(made, "text_embeds", None)
            found = made.pooler_output if found is None else found
        return functional.normalize(found.float(), dim=1)

    def _seen(self, goal: Goal) -> Vector:
        import torch

        if goal.picture is None or not hasattr(self._model, "get_image_features"):
            hint = "use a whole CLIP, or give a label"
            raise UsageError("this text encoder has no encoder of pictures", where=self.name, hint=hint)
        inputs = self._processor(images=[goal.picture.pil().convert("RGB")], return_tensors="pt").to(self._device)
        with torch.inference_mode():
            found = self._model.get_image_features(**inputs)
            found = getattr(found, "pooler_output", found)[0]
            return np.asarray((found / found.norm()).cpu().numpy(), np.float32)

    def _ids(self, batch: Sequence[Tokens]) -> Any:
        import torch

        begin, end = self._ends
        return torch.tensor([[begin, *tokens, end] for tokens in batch], device=self._device)

    def _begin_and_end(self) -> tuple[int, int]:
        alone = self._tokenizer("")["input_ids"]
        if len(alone) != 2:
            hint = "use the tokenizer of a CLIP"
            raise UsageError("its tokenizer does not begin and end a text", where=self._checkpoint.name, hint=hint)
        return int(alone[0]), int(alone[1])


def open_clip_text(rest: str) -> ClipText:
    """``clip-text/<id or folder>``. Raises UsageError without a name or for another architecture, MissingExtraError
    without torch and transformers."""
    return open_surrogate("clip-text", rest, ClipText)
