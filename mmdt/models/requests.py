"""The checks that every runtime makes before it sends a request."""

from __future__ import annotations

from mmdt.core.case import MAX_PROMPT
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import ModelInfo, Request


def unfit(request: Request, info: ModelInfo) -> Output | None:
    """A failed output that says why this model cannot take the request; None if it can."""
    if request.modality not in info.modalities:
        supported = " and ".join(sorted(info.modalities))
        return _unfit(f"{info.name} supports only {supported}: if that is wrong, add the setting modality")
    if len(request.images) > info.max_images and request.modality == "i2t":
        return _unfit(f"the case has {len(request.images)} images, {info.name} accepts {info.max_images}")
    if request.modality == "t2i" and request.images:
        return _unfit("a t2i request cannot contain pictures")
    length = len(request.prompt) + len(request.system)
    if length > MAX_PROMPT:
        return _unfit(f"the prompt has {length:,} characters, and at most {MAX_PROMPT:,} are sent")
    if not request.prompt.strip():
        return _unfit("the prompt is empty")
    return None


def _unfit(why: str) -> Output:
    return Output.failed(FailureKind.CASE, why)
