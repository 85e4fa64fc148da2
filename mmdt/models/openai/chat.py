"""The Chat Completions API: prompt and images in, text out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from mmdt.core.message import Message, Part, Text
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import Request
from mmdt.models.http.dialect import LIMITS, Fields
from mmdt.models.http.failures import empty, picture_for_text, redact
from mmdt.models.http.images import accepted, data_url
from mmdt.models.http.picture_formats import formats_at
from mmdt.models.http.signals import is_filter_finish
from mmdt.models.http.usage import count, entries, openai_details, reported_cost, used
from mmdt.models.openai.errors import is_filter, read_error
from mmdt.models.openai.settings import OpenAISettings, sends_default_temperature
from mmdt.models.prices import Price

PATH = "/chat/completions"
OPTIONAL = ("response_format", "temperature", "seed", "max_completion_tokens", "max_tokens", "stream")


class ChatPart(msgspec.Struct):
    """``thinking``: what Mistral's models reason, as a text or as parts with a text each."""

    type: str = ""
    text: str | None = None
    thinking: Any = None

    @property
    def reasons(self) -> bool:
        """Whether it is reasoning and no part of the answer."""
        return "think" in self.type or "reason" in self.type


class ChatMessage(msgspec.Struct):
    """Compatible servers disagree on field types other than the content's; a wrong type must not lose an answer."""

    content: str | list[ChatPart] | None = None
    refusal: Any = None
    images: list[Any] | None = None
    reasoning_content: Any = None
    reasoning: Any = None
    thinking: Any = None

    @property
    def reasoned(self) -> str:
        """What the model reasoned: in the field that the server has for it, or in parts of the content."""
        field = next(filter(None, map(_plain, (self.reasoning_content, self.reasoning, self.thinking))), "")
        parts = self.content if isinstance(self.content, list) else []
        return field or "".join(_thought(part) for part in parts if part.reasons)

    @property
    def has_images(self) -> bool:
        """Whether the message holds an image, in either of the two forms that compatible servers use."""
        parts = self.content if isinstance(self.content, list) else []
        return bool(self.images) or any("image" in part.type for part in parts)


class ChatChoice(msgspec.Struct):
    """``error``: set by gateways when the answer was interrupted."""

    message: ChatMessage | None = None
    finish_reason: Any = None
    error: Any = None


class ChatCompletion(msgspec.Struct):
    choices: list[ChatChoice]
    model: Any = None
    usage: Any = None
    service_tier: Any = None
    system_fingerprint: Any = None


def chat_body(model: str, request: Request, settings: OpenAISettings, dialect: Fields) -> dict[str, Any]:
    """The request body. Raises DataError if an image cannot be read."""
    messages = [{"role": each.role, "content": _content(each, settings)} for each in request.messages]
    body: dict[str, Any] = {"model": model, "messages": messages}
    if dialect.accepts("stream", matters=False):
        body["stream"] = False  # some servers stream unless they are told not to
    if settings.temperature is not None:
        body["temperature"] = settings.temperature
    elif sends_default_temperature(model, settings) and dialect.accepts("temperature"):
        body["temperature"] = 0
    if request.seed is not None and dialect.accepts("seed"):
        body["seed"] = request.seed
    if settings.max_tokens is not None:
        body[_limit_name(settings, dialect)] = settings.max_tokens
    if request.schema is not None and dialect.accepts("response_format"):
        schema = {"name": "reply", "schema": request.schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    chosen = {"top_p": settings.top_p, "reasoning_effort": settings.reasoning_effort}
    body |= {name: value for name, value in chosen.items() if value is not None}
    return body | (settings.extra_body or {})


def _limit_name(settings: OpenAISettings, dialect: Fields) -> str:
    """OpenAI's reasoning models accept only the newer name, many other servers only the older one."""
    return dialect.first(LIMITS if settings.official else LIMITS[::-1])


def _content(turn: Message, settings: OpenAISettings) -> str | list[dict[str, Any]]:
    """Text alone as a string, which every compatible server accepts."""
    if not turn.images:
        return turn.text
    return [_part(part, settings) for part in turn.parts]


def _part(part: Part, settings: OpenAISettings) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    url = msgspec.Raw(data_url(accepted(part.image, formats_at(settings.base_url), settings.max_image_bytes)))
    detail = {"detail": settings.detail} if settings.detail else {}
    return {"type": "image_url", "image_url": {"url": url, **detail}}


def _usage(usage: Any, price: Price | None) -> Usage:
    tokens = entries(usage)
    given, made = count(tokens.get("prompt_tokens")), count(tokens.get("completion_tokens"))
    return used(price, given, made, details=openai_details(usage), reported=reported_cost(usage))


def chat_output(reply: ChatCompletion, price: Price | None) -> Output:
    """Convert a completion to an output, which names the model and the backend that the server says have answered."""
    return replace(_chat_output(reply, price), model=_plain(reply.model), backend=_plain(reply.system_fingerprint))


def _chat_output(reply: ChatCompletion, price: Price | None) -> Output:
    """What came out.

    Text in the provider's ``refusal`` field counts as an answer with ``finish="refusal"``; the refusal evaluator judges
    it like any other text. Only a content filter makes the output refused.
    """
    usage = _usage(reply.usage, price)
    if not reply.choices:
        return Output.failed(FailureKind.BAD_REPLY, "the reply has no choices", retryable=True, usage=usage)
    choice = reply.choices[0]
    finish = _plain(choice.finish_reason) or "stop"
    if choice.error:
        return _interrupted(choice.error, usage)
    if choice.message is None:
        return Output.failed(FailureKind.BAD_REPLY, "the reply has no message", retryable=True, usage=usage)
    if is_filter_finish(finish):
        return Output.refused(RefusedBy.FILTER, "the provider's content filter blocked the answer", usage)
    if refusal := _plain(choice.message.refusal):
        return Output.answered(refusal, usage=usage, finish="refusal")
    text = _text(choice.message.content)
    if not text.strip():
        return picture_for_text(usage) if choice.message.has_images else empty(finish, usage)
    return Output.answered(text, usage=usage, finish=finish, reasoning=choice.message.reasoned)


def _text(content: str | list[ChatPart] | None) -> str:
    if isinstance(content, list):
        return "".join(part.text or "" for part in content if not part.reasons)
    return content or ""


def _thought(part: ChatPart) -> str:
    if isinstance(part.thinking, list):
        return "".join(_plain(each.get("text")) for each in part.thinking if isinstance(each, dict))
    return _plain(part.thinking) or part.text or ""


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _interrupted(error: Any, usage: Usage) -> Output:
    found = read_error({"error": error}, "the answer was interrupted")
    message = redact(found.message)
    if is_filter(found):
        return Output.refused(RefusedBy.FILTER, message, usage)
    return Output.failed(FailureKind.SERVER, f"the answer was interrupted: {message}", retryable=True, usage=usage)
