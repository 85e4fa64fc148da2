"""A diffusers pipeline in memory: prompts in, pictures out, in batches. For one thread at a time."""

from __future__ import annotations

import inspect
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from mmdt.errors import UsageError
from mmdt.models.diffusers.pipeline import load_pipeline
from mmdt.models.diffusers.settings import DiffusersSettings, device_of, dtype_of
from mmdt.models.local.checkpoint import Checkpoint

if TYPE_CHECKING:
    from PIL import Image as Pil

_AFTER_STEP = ("prior_callback_on_step_end", "callback_on_step_end")
_OURS = frozenset({"prompt", "generator", "output_type", "return_dict", "num_images_per_prompt", *_AFTER_STEP})


class Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """Nobody waits for these pictures any more."""


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """``flagged``: the pipeline's safety checker put black in the picture's place."""

    picture: Pil.Image
    flagged: bool


class DiffusersRuntime:
    """Loads at once. Raises whatever diffusers raises, and UsageError where the pipeline lacks what settings want."""

    def __init__(self, checkpoint: Checkpoint, prior: Checkpoint | None, settings: DiffusersSettings) -> None:
        options: dict[str, Any] = {"dtype": getattr(torch, dtype_of(settings))}
        if settings.variant is not None:
            options["variant"] = settings.variant
        pipeline = load_pipeline(checkpoint, prior, **options)
        if not settings.safety_checker and getattr(pipeline, "safety_checker", None) is not None:
            pipeline.safety_checker = None
        pipeline.set_progress_bar_config(disable=True)
        self.pipeline = _placed(pipeline, settings)
        self._takes = inspect.signature(self.pipeline.__call__).parameters
        self._call = settings.call
        _check(self._call, self._takes, type(pipeline).__name__)

    def draw(self, prompts: Sequence[str], seeds: Sequence[int | None], stop: threading.Event) -> list[DrawnPicture]:
        """One picture a prompt. Raises Cancelled at the next step after ``stop`` is set, where the pipeline can."""
        call = dict(self._call)
        if "negative_prompt" in call:
            call["negative_prompt"] = [call["negative_prompt"]] * len(prompts)
        call |= {name: _stopping(stop) for name in _AFTER_STEP if name in self._takes}
        with torch.inference_mode():
            made = self.pipeline(prompt=list(prompts), generator=[_generator(seed) for seed in seeds], **call)
        flags = getattr(made, "nsfw_content_detected", None) or getattr(made, "nsfw_detected", None)
        flagged = [bool(flag) for flag in flags] if flags else [False] * len(prompts)
        return [DrawnPicture(picture, flag) for picture, flag in zip(made.images, flagged, strict=True)]


def _generator(seed: int | None) -> torch.Generator:
    """One a prompt, and on the CPU: a seed then brings the same noise in any batch and on any device."""
    return torch.Generator("cpu").manual_seed(secrets.randbits(31) if seed is None else seed)


def _stopping(stop: threading.Event) -> Any:
    def after_step(pipeline: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        if stop.is_set():
            raise Cancelled
        return tensors

    return after_step


def _placed(pipeline: Any, settings: DiffusersSettings) -> Any:
    device = device_of(settings)
    if settings.offload == "model":
        pipeline.enable_model_cpu_offload(device=device)
    elif settings.offload == "sequential":
        pipeline.enable_sequential_cpu_offload(device=device)
    else:
        pipeline = pipeline.to(device)
    return pipeline


def _check(call: dict[str, Any], takes: Any, kind: str) -> None:
    unknown = sorted(name for name in call if name not in takes or name in _OURS)
    if unknown:
        can = ", ".join(sorted(name for name in takes if name not in _OURS))
        raise UsageError(f"{kind} takes no {', '.join(unknown)}", where="settings", hint=f"it takes {can}")
