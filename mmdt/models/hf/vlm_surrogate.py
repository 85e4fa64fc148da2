"""A vision-language model as a surrogate: how likely a reply is, and its gradient for the pixels (extra ``hf``)."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.core.protocols import Request
from mmdt.core.surrogate import Goal, Losses, Pixels
from mmdt.errors import UsageError
from mmdt.models.hf.chat import ChatEncoder
from mmdt.models.hf.pixel_layout import layout_of
from mmdt.models.hf.processor import load_processor, tokenizer_of
from mmdt.models.hf.surrogate import open_surrogate
from mmdt.models.local.checkpoint import Checkpoint, with_weights
from mmdt.models.local.device import best_device

QUESTION = "What is in the image?"


class VlmSurrogate:
    """Loss: the mean negative log-likelihood (nats a token) of the goal's reply to its question, less that of a reply
    with ``away``. For a goal with a picture: 1 - cosine of the mean image tokens of both, by the model's encoder."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        from transformers import AutoConfig, AutoModelForImageTextToText

        config = AutoConfig.from_pretrained(**checkpoint.where())
        if type(config) not in AutoModelForImageTextToText._model_mapping:
            hint = "use a vision-language model such as Qwen/Qwen2-VL-2B-Instruct"
            raise UsageError(f"{checkpoint.name} does not read pictures", where=f"vlm/{checkpoint.name}", hint=hint)
        self._checkpoint = checkpoint
        self._device = best_device()
        self._processor = load_processor(checkpoint, config, sees=True)
        self._chats = ChatEncoder(self._processor, sees=True)
        model = with_weights(AutoModelForImageTextToText, checkpoint)
        self._model = model.to(self._device).float().eval().requires_grad_(False)
        self._inputs: dict[tuple[str, tuple[int, ...]], tuple[Any, Any]] = {}
        self._known: dict[str, Any] = {}

    @property
    def name(self) -> str:
        return f"vlm/{self._checkpoint.mark()}"

    def losses(self, pixels: Pixels, goal: Goal) -> Losses:
        import torch

        with torch.inference_mode():
            return np.asarray([float(self._loss(self._tensor(one), goal)) for one in pixels])

    def gradient(self, pixels: Pixels, goal: Goal) -> tuple[Losses, Pixels]:
        import torch

        losses, slopes = [], []
        for one in pixels:
            given = self._tensor(one).requires_grad_(True)
            with torch.enable_grad():
                loss = self._loss(given, goal)
                (slope,) = torch.autograd.grad(loss, given)
            losses.append(float(loss.detach()))
            slopes.append(slope[0].permute(1, 2, 0).cpu().numpy())
        return np.asarray(losses), np.asarray(slopes, np.float32)

    def _loss(self, pixels: Any, goal: Goal) -> Any:
        if goal.picture is not None:
            return 1 - self._encoded(pixels) @ self._of_picture(goal.picture)
        if not (goal.reply or goal.text):
            raise UsageError("the goal names no reply", where=self.name, hint="give reply='Sure, here is'")
        loss = self._surprise(pixels, goal.question, goal.reply or goal.text)
        return loss - self._surprise(pixels, goal.question, goal.away) if goal.away and not goal.reply else loss

    def _surprise(self, pixels: Any, question: str, reply: str) -> Any:
        """The mean negative log-likelihood of the reply's tokens."""
        import torch

        inputs, layout = self._prepared(question or QUESTION, pixels)
        tokens = tokenizer_of(self._processor)(reply, add_special_tokens=False, return_tensors="pt")
        more = tokens["input_ids"].to(self._device)
        if not more.shape[1]:
            raise UsageError(f"the reply {reply!r} has no tokens", where=self.name, hint="give it some words")
        length = inputs["input_ids"].shape[1]
        given = {key: _longer(value, more, length, key) for key, value in inputs.items()}
        given["pixel_values"] = layout(pixels)
        scores = self._model(**given).logits[0, length - 1 : -1].float()
        return torch.nn.functional.cross_entropy(scores, more[0])

    def _of_picture(self, picture: Image) -> Any:
        """What the encoder makes of the wanted picture, which every step compares with."""
        import torch

        if picture.digest not in self._known:
            pixels = self._tensor(np.asarray(picture.pil().convert("RGB"), np.float32) / np.float32(255))
            with torch.inference_mode(False), torch.no_grad():
                self._known[picture.digest] = self._encoded(pixels)
        return self._known[picture.digest]

    def _encoded(self, pixels: Any) -> Any:
        import torch

        inputs, layout = self._prepared(QUESTION, pixels)
        extra = {key: value for key, value in inputs.items() if key in ("image_grid_thw", "image_sizes")}
        found = self._model.get_image_features(pixel_values=layout(pixels), **extra)
        found = getattr(found, "pooler_output", found)
        rows = (
            torch.cat([each.reshape(-1, each.shape[-1]) for each in found])
            if isinstance(found, list | tuple)
            else found
        )
        return torch.nn.functional.normalize(rows.reshape(-1, rows.shape[-1]).mean(0), dim=0)

    def _prepared(self, question: str, pixels: Any) -> tuple[Any, Any]:
        """The inputs of a question beside a picture of this shape, and how the processor lays out its pixels."""
        key = question, tuple(pixels.shape)
        if key not in self._inputs:
            shown = Pil.fromarray(
                np.rint(pixels.detach()[0].permute(1, 2, 0).cpu().numpy() * 255).clip(0, 255).astype("u1")
            )
            request = Request.of(question, [Image.from_pil(shown)])
            inputs = self._chats.inputs([request], [[shown]]).to(self._device)
            exact = self._tensor(np.asarray(shown, np.float32) / np.float32(255))
            layout = layout_of(self._processor.image_processor, inputs, exact, self.name)
            self._inputs[key] = dict(inputs), layout
        return self._inputs[key]

    def _tensor(self, pixels: Any) -> Any:
        import torch

        return torch.tensor(np.ascontiguousarray(pixels.transpose(2, 0, 1)[None]), device=self._device)


def _longer(value: Any, more: Any, length: int, key: str) -> Any:
    """An input with a place a token, lengthened by the reply: its ids, 1 in the mask, and 0 (text) in all others."""
    import torch

    if getattr(value, "ndim", 0) != 2 or value.shape != (1, length):
        return value
    added = {"input_ids": more, "attention_mask": torch.ones_like(more)}.get(key, torch.zeros_like(more))
    return torch.cat([value, added.to(value.dtype)], 1)


def open_vlm(rest: str) -> VlmSurrogate:
    """``vlm/<id or folder>``. Raises UsageError without a name or for a model that does not read pictures,
    MissingExtraError without torch and transformers."""
    return open_surrogate("vlm", rest, VlmSurrogate)
