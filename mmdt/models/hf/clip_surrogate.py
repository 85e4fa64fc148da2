"""CLIP as a surrogate: losses and gradients of pictures by the encoders of a checkpoint (extra ``hf``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmdt.core.image import Image
from mmdt.core.surrogate import Goal, Losses, Pixels
from mmdt.errors import UsageError
from mmdt.models.hf.surrogate import open_surrogate
from mmdt.models.local.checkpoint import Checkpoint, with_weights
from mmdt.models.local.device import best_device

BATCH = 32


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
        pictures = self._processor.image_processor
        self._short = int(pictures.size.get("shortest_edge") or pictures.size["height"])
        self._crop = (int(pictures.crop_size["height"]), int(pictures.crop_size["width"]))
        self._mean, self._std = (self._colour(each) for each in (pictures.image_mean, pictures.image_std))
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

        scale = self._short / min(pixels.shape[2:])
        size = [max(self._short, round(each * scale)) for each in pixels.shape[2:]]
        scaled = functional.interpolate(pixels, size=size, mode="bicubic", antialias=True, align_corners=False)
        top, left = (size[0] - self._crop[0]) // 2, (size[1] - self._crop[1]) // 2
        cut = scaled[:, :, top : top + self._crop[0], left : left + self._crop[1]]
        found = self._model.get_image_features(pixel_values=(cut - self._mean) / self._std)
        return functional.normalize(getattr(found, "pooler_output", found), dim=1).to(torch.float32)

    def _of_text(self, text: str) -> Any:
        import torch
        from torch.nn import functional

        if text not in self._known:
            inputs = self._processor(text=[text], padding=True, truncation=True, return_tensors="pt").to(self._device)
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

    def _colour(self, values: Any) -> Any:
        import torch

        return torch.tensor([float(each) for each in values], device=self._device).view(1, 3, 1, 1)


def _parts(pixels: Pixels) -> list[Pixels]:
    return [pixels[start : start + BATCH] for start in range(0, len(pixels), BATCH)]


def open_clip(rest: str) -> ClipSurrogate:
    """``clip/<id or folder>``. Raises UsageError without a name, MissingExtraError without torch and transformers."""
    return open_surrogate("clip", rest, ClipSurrogate)
