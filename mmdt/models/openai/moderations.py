"""The Moderations API: words and pictures in, flagged or not out. The output is the text ``safe``, or ``unsafe`` and
the flagged categories."""

from __future__ import annotations

from typing import Any

import msgspec

from mmdt.core.output import FailureKind, Output, Usage
from mmdt.core.protocols import Request
from mmdt.models.http.dialect import Fields
from mmdt.models.http.images import accepted, data_url
from mmdt.models.http.picture_formats import formats_at
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import Price

PATH = "/moderations"
MOST = 50
"""Flagged categories that are named."""


class Moderation(msgspec.Struct):
    flagged: Any = None
    categories: Any = None


class ModerationReply(msgspec.Struct):
    results: list[Moderation]
    model: Any = None


def moderation_body(model: str, request: Request, settings: OpenAISettings, dialect: Fields) -> dict[str, Any]:
    """The request body. Text alone is sent as a string, which every compatible server accepts."""
    if not request.images:
        return {"model": model, "input": request.prompt} | (settings.extra_body or {})
    text = [{"type": "text", "text": request.prompt}] if request.prompt.strip() else []
    pictures = [
        {"type": "image_url", "image_url": {"url": msgspec.Raw(data_url(accepted(image, formats_at(settings.base_url),
                                                                                 settings.max_image_bytes)))}}
        for image in request.images
    ]  # fmt: skip
    return {"model": model, "input": [*text, *pictures]} | (settings.extra_body or {})


def moderation_output(reply: ModerationReply, price: Price | None) -> Output:
    """``unsafe`` where any result is flagged. The endpoint reports no tokens."""
    usage = Usage(cost=price.cost(0, 0)) if price is not None else Usage()
    flags = [each.flagged for each in reply.results]
    if not flags or not all(isinstance(each, bool) for each in flags):
        return Output.failed(FailureKind.BAD_REPLY, "the reply does not say what is flagged", usage=usage)
    model = reply.model if isinstance(reply.model, str) else ""
    if not any(flags):
        return Output.answered("safe", usage=usage, model=model)
    named = [
        str(name)
        for each in reply.results
        if isinstance(each.categories, dict)
        for name, flagged in each.categories.items()
        if flagged is True
    ]
    return Output.answered(f"unsafe\n{', '.join(named[:MOST])}".strip(), usage=usage, model=model)
