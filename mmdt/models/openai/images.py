"""The Images API: a description in, an image out."""

from __future__ import annotations

from typing import Any

import msgspec

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, Usage
from mmdt.core.protocols import Request
from mmdt.errors import DataError
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.downloads import download
from mmdt.models.http.failures import bad_reply
from mmdt.models.http.images import from_base64
from mmdt.models.http.usage import count, entries, openai_details, reported_cost, used
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import Price
from mmdt.models.requests import description

PATH = "/images/generations"
OPTIONAL = ("response_format",)
_CHOICES = ("size", "quality", "style", "background", "moderation", "output_format")


class ImageData(msgspec.Struct):
    b64_json: str | None = None
    url: str | None = None


class ImagesReply(msgspec.Struct):
    data: list[ImageData] | None = None
    usage: Any = None
    model: Any = None


def images_body(model: str, request: Request, settings: OpenAISettings, dialect: Dialect) -> dict[str, Any]:
    """The request body. GPT image models always reply in base64 and reject ``response_format``.

    Raises DataError if the request is a conversation.
    """
    body: dict[str, Any] = {"model": model, "prompt": description(request), "n": 1}
    if "gpt-image" not in model and "chatgpt-image" not in model and dialect.accepts("response_format"):
        body["response_format"] = "b64_json"
    chosen = {name: getattr(settings, name) for name in _CHOICES}
    body |= {name: value for name, value in chosen.items() if value is not None}
    return body | (settings.extra_body or {})


async def images_output(reply: ImagesReply, client: OpenAIClient, price: Price | None) -> Output:
    """Convert the reply to an output, downloading images that are given by URL. At most as many as were asked for."""
    if not reply.data:
        return Output.failed(FailureKind.EMPTY, "the reply has no image", retryable=True)
    usage = _usage(reply, price)
    try:
        images = tuple([await _picture(picture, client) for picture in reply.data[: client.pictures]])
    except DataError as error:
        return bad_reply(str(error))
    return Output.answered(images=images, usage=usage, model=reply.model if isinstance(reply.model, str) else "")


async def _picture(picture: ImageData, client: OpenAIClient) -> Image:
    if picture.b64_json:
        return from_base64(picture.b64_json)
    if picture.url:
        return await download(picture.url, client.access.url, client.access.timeout)
    raise DataError("the reply has neither an image nor its URL")


def _usage(reply: ImagesReply, price: Price | None) -> Usage:
    """With a price per image, the reply does not have to report tokens."""
    images, tokens = len(reply.data or ()), entries(reply.usage)
    given, made, said = count(tokens.get("input_tokens")), count(tokens.get("output_tokens")), reported_cost(tokens)
    if given is None and made is None and price is not None and price.image > 0:
        return used(price, 0, 0, images, reported=said)
    return used(price, given, made, images, details=openai_details(tokens), reported=said)
