"""What every runtime checks before it sends a request."""

from __future__ import annotations

from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import ModelInfo, Request


def unfit(request: Request, info: ModelInfo) -> Output | None:
    """Why this model cannot be asked this; None where it can."""
    if request.modality not in info.modalities:
        made = " and ".join(sorted(info.modalities))
        return _unfit(f"{info.name} makes {made} only: give the setting modality if its name misleads")
    if len(request.images) > info.max_images and request.modality == "i2t":
        return _unfit(f"the case has {len(request.images)} images, {info.name} takes {info.max_images}")
    if request.modality == "t2i" and request.images:
        return _unfit("a picture cannot be part of a description")
    if not request.prompt.strip():
        return _unfit("the prompt is empty")
    return None


def _unfit(why: str) -> Output:
    return Output.failed(FailureKind.CASE, why)
