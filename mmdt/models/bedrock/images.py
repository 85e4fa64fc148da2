"""Image models on Bedrock: their two request formats; replies converted to outputs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec

from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import Request
from mmdt.errors import DataError
from mmdt.models.bedrock.settings import BedrockSettings
from mmdt.models.http.client import decode
from mmdt.models.http.failures import bad_reply
from mmdt.models.http.images import from_base64
from mmdt.models.http.limits import MAX_PICTURES
from mmdt.models.prices import Price
from mmdt.models.requests import description

_SEEDS = {"amazon": 858_993_460, "stability": 4_294_967_295}
"""The first number too large for a seed, for the strictest model of each format."""


class BedrockImages(msgspec.Struct):
    images: list[str] | None = None
    error: str | None = None
    finish_reasons: list[str | None] | None = None
    guardrail: str = msgspec.field(default="", name="amazon-bedrock-guardrailAction")


def invoke_arguments(model: str, request: Request, settings: BedrockSettings) -> dict[str, Any]:
    """The arguments of the SDK's ``invoke_model``. Raises DataError if the request is a conversation."""
    body = _amazon(request) if settings.image_api == "amazon" else _stability(request)
    arguments: dict[str, Any] = {
        "modelId": model,
        "contentType": "application/json",
        "accept": "application/json",
        "body": msgspec.json.encode(_merged(body, settings.extra_body or {})),
    }
    if settings.guardrail is not None:
        arguments |= {"guardrailIdentifier": settings.guardrail, "guardrailVersion": settings.guardrail_version}
    return arguments


def _amazon(request: Request) -> dict[str, Any]:
    return {
        "taskType": "TEXT_IMAGE",
        "textToImageParams": {"text": description(request)},
        "imageGenerationConfig": {"numberOfImages": 1, "seed": _seed(request, "amazon")},
    }


def _stability(request: Request) -> dict[str, Any]:
    return {"prompt": description(request), "seed": max(1, _seed(request, "stability"))}  # 0 means a random seed


def _seed(request: Request, api: str) -> int:
    """Always set: without a seed, Amazon's models draw the same image every time."""
    return (secrets.randbits(31) if request.seed is None else request.seed) % _SEEDS[api]


def _merged(body: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two JSON objects recursively; values in ``more`` win."""
    merged = dict(body)
    for name, value in more.items():
        old = merged.get(name)
        merged[name] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def images_output(reply: bytes, model: str, price: Price | None) -> Output:
    """Convert the reply to an output. A filter is reported in the reply, among the finish reasons or as the error."""
    found = decode(reply, BedrockImages)
    if isinstance(found, Output):
        return found
    if found.guardrail == "INTERVENED":
        return Output.refused(RefusedBy.FILTER, "the guardrail blocked the image")
    reason = next(filter(None, found.finish_reasons or ()), found.error or "")
    if reason.startswith("Filter reason") or "content filter" in reason or "Responsible AI" in reason:
        return Output.refused(RefusedBy.FILTER, reason)
    if reason:
        return bad_reply(f"the model made no image: {reason}")
    if not found.images:
        return Output.failed(FailureKind.EMPTY, "the reply has no image", retryable=True)
    # Images are billed per image, also those that cannot be read; a price per token says nothing about them.
    made = len(found.images)
    usage = Usage(images=made, cost=price.cost(0, 0, made) if price and price.image else None)
    if made > MAX_PICTURES:
        return bad_reply(f"the reply has {made} pictures, and at most {MAX_PICTURES} are read", usage)
    try:
        images = tuple(map(from_base64, found.images))
    except DataError as error:
        return bad_reply(str(error), usage)
    return Output.answered(images=images, usage=usage, model=model)
