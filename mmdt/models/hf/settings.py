"""Settings of ``hf/`` models, and the model description they give."""

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

BATCH: Mapping[str, int] = {"cuda": 16, "mps": 4, "cpu": 4}
"""Default batch size in requests, by device; the engine halves it whenever memory runs out."""
_OMITTED = frozenset({"revision", "device", "device_map", "dtype", "batch_size", "max_tokens", "temperature"})


class HfSettings(msgspec.Struct, frozen=True):
    """Settings of ``hf/<id or folder>``; None leaves the choice to the checkpoint or to this machine.

    ``revision``: branch, tag or commit on the hub. ``device``: cuda, mps, cpu, cuda:1. ``device_map``: ``auto`` spreads
    a large model over all devices (needs accelerate). ``dtype``: ``auto`` means the checkpoint's own on an accelerator
    and float32 on the CPU. ``quantization``: needs bitsandbytes. ``attention``: an attention implementation of
    transformers, such as ``flash_attention_2``. ``temperature``: 0 is greedy; ``top_p`` and ``top_k`` apply above 0.
    """

    revision: str = ""
    device: str = ""
    device_map: str = ""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    quantization: Literal["none", "4bit", "8bit"] = "none"
    attention: str | None = None
    batch_size: int | None = None
    max_images: int = 16
    max_tokens: int = 512
    temperature: float = 0.0
    top_p: float | None = None
    top_k: int | None = None


def hf_settings(rest: str, settings: Mapping[str, Any]) -> HfSettings:
    """Check the settings. Raises UsageError, or MissingExtraError if a library they need is not installed."""
    where = f"hf/{rest}"
    found = read_settings(HfSettings, settings, where)
    least = {"max_tokens": 1, "max_images": 0, "batch_size": 1, "temperature": 0, "top_k": 1}
    for name, bound in least.items():
        value = getattr(found, name)
        if value is not None and value < bound:
            raise UsageError(f"{name} is {value}", where=where, hint=f"use at least {bound}")
    if found.top_p is not None and not 0 < found.top_p <= 1:
        raise UsageError(f"top_p is {found.top_p}", where=where, hint="use a number above 0 and at most 1")
    if found.temperature == 0 and (found.top_p is not None or found.top_k is not None):
        raise UsageError(
            "top_p and top_k have no effect at temperature 0", where=where, hint="set a temperature above 0"
        )
    if found.device_map:
        require("accelerate", "device_map", "hf")
    if found.quantization != "none":
        require("bitsandbytes", "quantization", "quantization")
    return found


def open_checkpoint(rest: str, revision: str) -> Checkpoint:
    """The checkpoint, not loaded yet. Raises UsageError without a name, MissingExtraError without the libraries."""
    check_name(rest, "hf/", "hf/Qwen/Qwen2.5-VL-3B-Instruct")
    require_torch("a local model", "hf")
    require("transformers", "a local model", "hf")
    return Checkpoint.named(rest, revision, where=f"hf/{rest}")


def device_of(settings: HfSettings) -> str:
    return settings.device or best_device()


def dtype_of(settings: HfSettings, device: str) -> str:
    """Resolve ``auto`` to float32 on a CPU, which is slow at 16 bits; elsewhere transformers resolves it."""
    return "float32" if settings.dtype == "auto" and device == "cpu" else settings.dtype


def hf_info(name: str, checkpoint: Checkpoint, settings: HfSettings) -> ModelInfo:
    """The model description: everything that changes its answers, with the weights by commit or content."""
    device = device_of(settings)
    described = {
        "weights": checkpoint.mark(),
        "dtype": dtype_of(settings, device),
        "max_tokens": settings.max_tokens,
        "temperature": settings.temperature,
        **stated(settings, _OMITTED),
    }
    return ModelInfo(
        name=name,
        modalities=frozenset({"i2t"}),
        settings=described,
        max_images=settings.max_images,
        batch_size=settings.batch_size or BATCH[device.partition(":")[0]],
        concurrency=2,  # one batch is prepared while the other is answered
        start_concurrency=2,
        seeds=True,
    )
