"""The device for local models, and how to recognise that its memory is full."""

from __future__ import annotations

import gc
import sys

_FULL = ("out of memory", "can't allocate memory", "not enough memory", "cublas_status_alloc_failed")


def best_device() -> str:
    """The fastest available device: ``cuda``, ``mps`` or ``cpu``."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def out_of_memory(error: BaseException) -> bool:
    """Whether the device or the machine ran out of memory; torch reports it in several ways."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error).lower() for sign in _FULL)


def free_memory() -> None:
    """Free the memory that a failed attempt still holds, so that a smaller one can fit."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
