"""The checks that every runtime makes before it sends a request, and the one text that painters are sent."""

from __future__ import annotations

from mmdt.core.case import MAX_PROMPT
from mmdt.core.message import Text
from mmdt.core.modality import makes, supports
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import DataError


def unfit(request: Request, info: ModelInfo) -> Output | None:
    """A failed output that says why this model cannot take the request; None if it can."""
    images = request.images
    if not makes(info.modalities, request.wants):
        supported = " and ".join(sorted(info.modalities))
        return _unfit(f"{info.name} supports only {supported}: if that is wrong, add the setting modality")
    if not supports(info.modalities, request.modality):
        does = "makes pictures from text alone" if request.wants == "image" else "reads text only"
        return _unfit(f"{info.name} {does}, and the case has {_counted(len(images))}")
    if len(images) > info.max_images:
        return _unfit(f"the case has {_counted(len(images))}, {info.name} accepts {info.max_images}")
    length = sum(len(part.text) for each in request.messages for part in each.parts if isinstance(part, Text))
    if length > MAX_PROMPT:
        return _unfit(f"the prompt has {length:,} characters, and at most {MAX_PROMPT:,} are sent")
    if not request.prompt.strip():
        return _unfit("the prompt is empty")
    return None


def description(request: Request) -> str:
    """The system prompt and the prompt as one text, for services that draw from a single description.

    Raises DataError where the request is a conversation.
    """
    if len(request.turns) > 1:
        hint = "use cases with one message, or a chat model that draws, such as google/gemini-3.1-flash-image"
        raise DataError(
            f"this model draws from one description, and the case has {len(request.turns)} turns", hint=hint
        )
    return "\n\n".join(filter(None, (request.system, request.prompt)))


def _counted(images: int) -> str:
    return "1 image" if images == 1 else f"{images} images"


def _unfit(why: str) -> Output:
    return Output.failed(FailureKind.CASE, why)
