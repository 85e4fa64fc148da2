"""CLIP, SigLIP and ALIGN as surrogates: losses and gradients of pictures by two encoders (extra ``hf``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmdt.core.image import Image
from mmdt.core.surrogate import Goal, Losses, Pixels
from mmdt.errors import UsageError
from mmdt.models.hf.encoder_layout import encoder_layout
from mmdt.models.hf.surrogate import open_surrogate
from mmdt.models.local.checkpoint import Checkpoint, with_weights
from mmdt.models.local.device import best_device

BATCH = 32
_PADDED = ("siglip", "siglip2", "align")
"""Architectures that were trained on texts padded to the whole length."""


class ClipSurrogate:
    """Loss: 1 - cosine of the picture and the goal's text (or picture), plus the cosine of the picture and what it is
    to move away from. The picture is scaled bicubically and cropped as the checkpoint's processor does,
    differentiably."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        from transformers import AutoModel, AutoProcessor

        self._checkpoint = checkpoint
        self._device = best_device()
        self._processor: Any = AutoProcessor.from_pretrained(**checkpoint.where())
        self._model = with_weights(AutoModel, checkpoint).to(self._device).float().eval().requires_grad_(False)
        where = f"clip/{checkpoint.name}"
        if not (hasattr(self._model, "get_image_features") and hasattr(self._model, "get_text_features")):
            kind = self._model.config.model_type
            raise UsageError(
                f"{kind} has no encoders of pictures and of texts", where=where, hint="use a CLIP or SigLIP"
            )
        self._layout = encoder_layout(self._processor.image_processor, where)
        self._padding: dict[str, Any] = {"padding": True}
        if self._model.config.model_type in _PADDED:
            length = min(64, self._model.config.text_config.max_position_embeddings)
            self._padding = {"padding": "max_length", "max_length": length}
        self._known: dict[str, Any] = {}

    @property
    def name(self) -> str:
        return f"clip/{self._checkpoint.mark()}"

    def losses(self, pixels: Pixels, goal: Goal) -> Losses:
        import torch

        with torch.inference_mode():
            parts = [self._losses(self._tensor(part), goal) for part in _parts(pixels)]
            return np.asarray(torch.cat(parts).double().cpu().numpy())

    def gradient(self, pixels: Pixels, goal: Goal) -> tuple[Losses, Pixels]:
        import torch

        losses, slopes = [], []
        for part in _parts(pixels):
            given = self._tensor(part).requires_grad_(True)
            with torch.enable_grad():
                found = self._losses(given, goal)
                (slope,) = torch.autograd.grad(found.sum(), given)
            losses.append(found.detach().double().cpu().numpy())
            slopes.append(slope.permute(0, 2, 3, 1).cpu().numpy())
        return np.concatenate(losses), np.asarray(np.concatenate(slopes), np.float32)

    def _losses(self, pixels: Any, goal: Goal) -> Any:
        if goal.picture is None and not goal.text:
            hint = "use a surrogate such as vlm/Qwen/Qwen2-VL-2B-Instruct, or give a label"
            raise UsageError("it does not write replies", where=self.name, hint=hint)
        seen = self._seen(pixels)
        wanted = self._of_picture(goal.picture) if goal.picture is not None else self._of_text(goal.text)
        losses = 1 - seen @ wanted
        return losses + seen @ self._of_text(goal.away) if goal.away else losses

    def _seen(self, pixels: Any) -> Any:
        """Embeddings of length 1 for pictures (number, 3, height, width)."""
        import torch
        from torch.nn import functional

        found = self._model.get_image_features(pixel_values=self._layout(pixels))
        return functional.normalize(getattr(found, "pooler_output", found), dim=1).to(torch.float32)

    def _of_text(self, text: str) -> Any:
        import torch
        from torch.nn import functional

        if text not in self._known:
            given = self._processor(text=[text], truncation=True, return_tensors="pt", **self._padding)
            inputs = given.to(self._device)
            with torch.inference_mode(False), torch.no_grad():
                found = self._model.get_text_features(**inputs)
            self._known[text] = functional.normalize(getattr(found, "pooler_output", found), dim=1)[0]
        return self._known[text]

    def _of_picture(self, picture: Image) -> Any:
        import torch

        if picture.digest not in self._known:
            pixels = np.asarray(picture.pil().convert("RGB"), np.float32)[None] / np.float32(255)
            with torch.inference_mode(False), torch.no_grad():
                self._known[picture.digest] = self._seen(self._tensor(pixels))[0]
        return self._known[picture.digest]

    def _tensor(self, pixels: Pixels) -> Any:
        import torch

        return torch.tensor(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)), device=self._device)


def _parts(pixels: Pixels) -> list[Pixels]:
    return [pixels[start : start + BATCH] for start in range(0, len(pixels), BATCH)]


def open_clip(rest: str) -> ClipSurrogate:
    """``clip/<id or folder>`` of a CLIP, SigLIP or ALIGN. Raises UsageError without a name and as
    :class:`ClipSurrogate` does, MissingExtraError without torch and transformers."""
    return open_surrogate("clip", rest, ClipSurrogate)
