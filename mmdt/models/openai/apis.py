"""The APIs for sending a request to OpenAI: chat completions, responses, images, moderations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mmdt.core.modality import Medium
from mmdt.core.output import Output
from mmdt.core.protocols import Request
from mmdt.models.http.dialect import Fields
from mmdt.models.openai import chat as openai_chat
from mmdt.models.openai import images as openai_images
from mmdt.models.openai import moderations as openai_moderations
from mmdt.models.openai import responses as openai_responses
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import Price

OPTIONAL = frozenset({*openai_chat.OPTIONAL, *openai_responses.OPTIONAL, *openai_images.OPTIONAL})


@dataclass(frozen=True, slots=True)
class Api:
    """How to send a request and read the reply.

    ``path``: the URL path. ``body``: builds the request body; raises DataError if an image cannot be read.
    ``reply``: the reply's type. ``output``: converts a reply to an output.
    """

    path: str
    body: Callable[[str, Request, OpenAISettings, Fields], dict[str, Any]]
    reply: type[Any]
    output: Callable[[Any, OpenAIClient, Price | None], Awaitable[Output]]


async def _chat_output(reply: openai_chat.ChatCompletion, _client: OpenAIClient, price: Price | None) -> Output:
    return openai_chat.chat_output(reply, price)


async def _responses_output(reply: openai_responses.Response, _client: OpenAIClient, price: Price | None) -> Output:
    return openai_responses.responses_output(reply, price)


_CHAT = Api(openai_chat.PATH, openai_chat.chat_body, openai_chat.ChatCompletion, _chat_output)
_RESPONSES = Api(openai_responses.PATH, openai_responses.responses_body, openai_responses.Response, _responses_output)
_IMAGES = Api(openai_images.PATH, openai_images.images_body, openai_images.ImagesReply, openai_images.images_output)


async def _moderation_output(
    reply: openai_moderations.ModerationReply, _client: OpenAIClient, price: Price | None
) -> Output:
    return openai_moderations.moderation_output(reply, price)


_MODERATIONS = Api(
    openai_moderations.PATH,
    openai_moderations.moderation_body,
    openai_moderations.ModerationReply,
    _moderation_output,
)


def api_of(wants: Medium, settings: OpenAISettings) -> Api:
    """The API that produces the given modality."""
    if wants == "image":
        return _IMAGES
    if settings.api == "moderations":
        return _MODERATIONS
    return _RESPONSES if settings.api == "responses" else _CHAT
