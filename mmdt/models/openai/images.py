"""The Images API: a description in, an image out."""

from __future__ import annotations

from typing import Any

import msgspec

from mmdt.core.output import FailureKind, Output, Usage
from mmdt.core.protocols import Request
from mmdt.errors import DataError
from mmdt.models.http.dialect import Fields
from mmdt.models.http.failures import bad_reply
from mmdt.models.http.reply_pictures import listed_picture
from mmdt.models.http.usage import count, entries, openai_details, reported_cost, used
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import Price
from mmdt.models.requests import description

PATH = "/images/generations"
OPTIONAL = ("response_format", "n")
_CHOICES = ("size", "quality", "style", "background", "moderation", "output_format")


class ImagesReply(msgspec.Struct):
    """Compatible servers list the pictures under ``data`` or ``images``, as objects or as plain texts."""

    data: list[Any] | None = None
    images: list[Any] | None = None
    usage: Any = None
    model: Any = None


def images_body(model: str, request: Request, settings: OpenAISettings, dialect: Fields) -> dict[str, Any]:
    """The request body. GPT image models always reply in base64 and reject ``response_format``.

    Raises DataError if the request is a conversation.
    """
    body: dict[str, Any] = {"model": model, "prompt": description(request)}
    if dialect.accepts("n", matters=False):
        body["n"] = 1
    if "gpt-image" not in model and "chatgpt-image" not in model and dialect.accepts("response_format", matters=False):
        body["response_format"] = "b64_json"
    chosen = {name: getattr(settings, name) for name in _CHOICES}
    body |= {name: value for name, value in chosen.items() if value is not None}
    return body | (settings.extra_body or {})


async def images_output(reply: ImagesReply, client: OpenAIClient, price: Price | None) -> Output:
    """Convert the reply to an output, downloading images that are given by URL. At most as many as were asked for.

    What the reply used is booked whether or not its images can be read: they were made.
    """
    pictures = reply.data or reply.images or []
    usage = _usage(reply, price)
    if not pictures:
        return Output.failed(FailureKind.EMPTY, "the reply has no image", retryable=True, usage=usage)
    asked = f"{client.access.url}{PATH}"
    try:
        images = [await listed_picture(each, asked, client.access.timeout) for each in pictures[: client.pictures]]
    except DataError as error:
        return bad_reply(str(error), usage)
    model = reply.model if isinstance(reply.model, str) else ""
    return Output.answered(images=tuple(images), usage=usage, model=model)


def _usage(reply: ImagesReply, price: Price | None) -> Usage:
    """With a price per image, the reply does not have to report tokens."""
    images, tokens = len(reply.data or reply.images or ()), entries(reply.usage)
    given, made, said = count(tokens.get("input_tokens")), count(tokens.get("output_tokens")), reported_cost(tokens)
    if given is None and made is None and price is not None and price.image > 0:
        return used(price, 0, 0, images, reported=said)
    return used(price, given, made, images, details=openai_details(tokens), reported=said)
