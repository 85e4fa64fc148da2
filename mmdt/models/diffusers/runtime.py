"""A diffusers pipeline in memory: batches of prompts in, images out. Not thread-safe."""

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

_STEP_CALLBACKS = ("prior_callback_on_step_end", "callback_on_step_end")
_RESERVED = frozenset({"prompt", "generator", "output_type", "return_dict", "num_images_per_prompt", *_STEP_CALLBACKS})


class Cancelled(Exception):  # noqa: N818 - not an error
    """The caller no longer waits for these images."""


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """``flagged``: the pipeline's safety checker replaced the image with a black one."""

    picture: Pil.Image
    flagged: bool


class DiffusersRuntime:
    """A loaded pipeline. The constructor raises whatever diffusers raises, or UsageError for unsupported settings."""

    def __init__(self, checkpoint: Checkpoint, prior: Checkpoint | None, settings: DiffusersSettings) -> None:
        options: dict[str, Any] = {"dtype": getattr(torch, dtype_of(settings))}
        if settings.variant is not None:
            options["variant"] = settings.variant
        pipeline = load_pipeline(checkpoint, prior, **options)
        if not settings.safety_checker and getattr(pipeline, "safety_checker", None) is not None:
            pipeline.safety_checker = None
        pipeline.set_progress_bar_config(disable=True)
        self.pipeline = _to_device(pipeline, settings)
        self._takes = inspect.signature(self.pipeline.__call__).parameters
        self._call = settings.call
        _check(self._call, self._takes, type(pipeline).__name__)

    def draw(self, prompts: Sequence[str], seeds: Sequence[int | None], stop: threading.Event) -> list[DrawnPicture]:
        """One image per prompt. Once ``stop`` is set, raises Cancelled at the next step if the pipeline can."""
        call = dict(self._call)
        if "negative_prompt" in call:
            call["negative_prompt"] = [call["negative_prompt"]] * len(prompts)
        call |= {name: _stop_callback(stop) for name in _STEP_CALLBACKS if name in self._takes}
        with torch.inference_mode():
            made = self.pipeline(prompt=list(prompts), generator=[_generator(seed) for seed in seeds], **call)
        flags = getattr(made, "nsfw_content_detected", None) or getattr(made, "nsfw_detected", None)
        flagged = [bool(flag) for flag in flags] if flags else [False] * len(prompts)
        return [DrawnPicture(picture, flag) for picture, flag in zip(made.images, flagged, strict=True)]


def _generator(seed: int | None) -> torch.Generator:
    """A generator for one prompt, on the CPU so that a seed gives the same noise on any device and in any batch."""
    return torch.Generator("cpu").manual_seed(secrets.randbits(31) if seed is None else seed)


def _stop_callback(stop: threading.Event) -> Any:
    def after_step(pipeline: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        if stop.is_set():
            raise Cancelled
        return tensors

    return after_step


def _to_device(pipeline: Any, settings: DiffusersSettings) -> Any:
    device = device_of(settings)
    if settings.offload == "model":
        pipeline.enable_model_cpu_offload(device=device)
    elif settings.offload == "sequential":
        pipeline.enable_sequential_cpu_offload(device=device)
    else:
        pipeline = pipeline.to(device)
    return pipeline


def _check(call: dict[str, Any], takes: Any, kind: str) -> None:
    unknown = sorted(name for name in call if name not in takes or name in _RESERVED)
    if unknown:
        can = ", ".join(sorted(name for name in takes if name not in _RESERVED))
        raise UsageError(f"{kind} does not support {', '.join(unknown)}", where="settings", hint=f"it supports {can}")
