"""Settings of ``diffusers/`` models, and the model description they give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from mmdt.core.protocols import ModelInfo
from mmdt.errors import UsageError
from mmdt.models.extras import require, require_torch
from mmdt.models.local.checkpoint import Checkpoint
from mmdt.models.local.device import best_device
from mmdt.models.settings import check_name, read_settings, stated

BATCH: Mapping[str, int] = {"cuda": 4, "mps": 2, "cpu": 2}
"""Default batch size in prompts, by device; the engine halves it whenever memory runs out."""
_OMITTED = frozenset({"revision", "device", "offload", "dtype", "batch_size"})


class DiffusersSettings(msgspec.Struct, frozen=True):
    """Settings of ``diffusers/<id or folder>``; None leaves the choice to the pipeline.

    ``revision``: branch, tag or commit on the hub. ``variant``: of the weight files, such as ``fp16``. ``dtype``:
    ``auto`` is bfloat16 on an accelerator, float32 on the CPU. ``offload``: keeps parts in CPU memory until needed.
    ``steps``, ``guidance``, ``negative_prompt``, ``width``, ``height`` (pixels): passed to the pipeline. ``extra``:
    more arguments of its call. ``safety_checker``: false removes the checkpoint's own safety checker.
    """

    revision: str = ""
    variant: str | None = None
    device: str = ""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    offload: Literal["none", "model", "sequential"] = "none"
    batch_size: int | None = None
    steps: int | None = None
    guidance: float | None = None
    negative_prompt: str | None = None
    width: int | None = None
    height: int | None = None
    safety_checker: bool = True
    extra: dict[str, Any] | None = None

    @property
    def call(self) -> dict[str, Any]:
        """The arguments of the pipeline's call that are set, under diffusers' names."""
        named = {
            "num_inference_steps": self.steps,
            "guidance_scale": self.guidance,
            "negative_prompt": self.negative_prompt,
            "width": self.width,
            "height": self.height,
        }
        return {name: value for name, value in named.items() if value is not None} | (self.extra or {})


def diffusers_settings(rest: str, settings: Mapping[str, Any]) -> DiffusersSettings:
    """Check the settings. Raises UsageError, or MissingExtraError if ``offload`` lacks accelerate."""
    where = f"diffusers/{rest}"
    found = read_settings(DiffusersSettings, settings, where)
    for name in ("steps", "width", "height", "batch_size"):
        value = getattr(found, name)
        if value is not None and value < 1:
            raise UsageError(f"{name} is {value}", where=where, hint="use at least 1")
    if found.offload != "none":
        require("accelerate", "offload", "diffusers")
    return found


def open_pipeline_checkpoint(rest: str, revision: str) -> Checkpoint:
    """The checkpoint, not loaded yet. Raises UsageError without a name, MissingExtraError without the libraries."""
    check_name(rest, "diffusers/", "diffusers/stabilityai/stable-diffusion-xl-base-1.0")
    require_torch("a local pipeline", "diffusers")
    for module in ("diffusers", "transformers"):
        require(module, "a local pipeline", "diffusers")
    return Checkpoint.named(rest, revision, where=f"diffusers/{rest}")


def device_of(settings: DiffusersSettings) -> str:
    return settings.device or best_device()


def dtype_of(settings: DiffusersSettings) -> str:
    if settings.dtype != "auto":
        return settings.dtype
    return "float32" if device_of(settings) == "cpu" else "bfloat16"


def diffusers_info(
    name: str, checkpoint: Checkpoint, prior: Checkpoint | None, settings: DiffusersSettings
) -> ModelInfo:
    """The model description: everything that changes its images, with the weights by commit or content."""
    described = {"weights": checkpoint.mark(), "dtype": dtype_of(settings), **stated(settings, _OMITTED)}
    if prior is not None:
        described["prior"] = prior.mark()
    return ModelInfo(
        name=name,
        modalities=frozenset({"t2i"}),
        settings=described,
        max_images=0,
        batch_size=settings.batch_size or BATCH[device_of(settings).partition(":")[0]],
        concurrency=2,  # the images of one batch are encoded while the next batch is drawn
        start_concurrency=2,
        seeds=True,
    )
