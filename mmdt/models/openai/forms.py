"""The three forms in which OpenAI's API is asked: chat completions, responses, images."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mmdt.core.modality import Medium
from mmdt.core.output import Output
from mmdt.core.protocols import Request
from mmdt.models.http.dialect import Dialect
from mmdt.models.openai import chat as openai_chat
from mmdt.models.openai import images as openai_images
from mmdt.models.openai import responses as openai_responses
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import Price

OPTIONAL = frozenset({*openai_chat.OPTIONAL, *openai_responses.OPTIONAL, *openai_images.OPTIONAL})


@dataclass(frozen=True, slots=True)
class Form:
    """Where a request goes, what it says (``body`` raises DataError where a picture cannot be read), the type of the
    ``reply``, and the output that it stands for."""

    path: str
    body: Callable[[str, Request, OpenAISettings, Dialect], dict[str, Any]]
    reply: type[Any]
    output: Callable[[Any, OpenAIClient, Price | None], Awaitable[Output]]


async def _chatted(reply: openai_chat.Completion, _client: OpenAIClient, price: Price | None) -> Output:
    return openai_chat.chat_output(reply, price)


async def _responded(reply: openai_responses.Response, _client: OpenAIClient, price: Price | None) -> Output:
    return openai_responses.responses_output(reply, price)


_CHAT = Form(openai_chat.PATH, openai_chat.chat_body, openai_chat.Completion, _chatted)
_RESPONSES = Form(openai_responses.PATH, openai_responses.responses_body, openai_responses.Response, _responded)
_IMAGES = Form(openai_images.PATH, openai_images.images_body, openai_images.Pictures, openai_images.images_output)


def form_of(wants: Medium, settings: OpenAISettings) -> Form:
    """The form for what must come out."""
    if wants == "image":
        return _IMAGES
    return _RESPONSES if settings.api == "responses" else _CHAT
