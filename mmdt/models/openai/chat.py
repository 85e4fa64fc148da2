"""Chat completions: prompt and pictures in, text out."""

from __future__ import annotations

from typing import Any

import msgspec

from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import Request
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import empty, picture_for_text, redact
from mmdt.models.http.images import accepted, data_url
from mmdt.models.http.usage import count, used
from mmdt.models.openai.errors import is_filter, read_error
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import Price

PATH = "/chat/completions"
OPTIONAL = ("response_format", "temperature", "seed", "max_completion_tokens", "max_tokens")
MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


class Part(msgspec.Struct):
    """``thinking``: what Mistral's models reason, as a text or as parts with a text each."""

    type: str = ""
    text: str | None = None
    thinking: Any = None

    @property
    def reasons(self) -> bool:
        """Whether it is reasoning and no part of the answer."""
        return "think" in self.type or "reason" in self.type


class Message(msgspec.Struct):
    """Compatible servers disagree on the types of what is beside the content; none of it is worth losing an answer."""

    content: str | list[Part] | None = None
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
    def pictured(self) -> bool:
        """Whether it holds a picture, in either of the ways that compatible servers have."""
        parts = self.content if isinstance(self.content, list) else []
        return bool(self.images) or any("image" in part.type for part in parts)


class Choice(msgspec.Struct):
    """``error``: how gateways say that the answer broke off."""

    message: Message | None = None
    finish_reason: Any = None
    error: Any = None


class Tokens(msgspec.Struct):
    prompt_tokens: Any = None
    completion_tokens: Any = None


class Completion(msgspec.Struct):
    choices: list[Choice]
    model: Any = None
    usage: Tokens | None = None


def chat_body(model: str, request: Request, settings: OpenAISettings, dialect: Dialect) -> dict[str, Any]:
    """The request's JSON. Raises DataError where a picture cannot be read."""
    messages = [{"role": "system", "content": request.system}] if request.system else []
    body: dict[str, Any] = {
        "model": model,
        "messages": [*messages, {"role": "user", "content": _content(request, settings)}],
    }
    if settings.temperature is not None:
        body["temperature"] = settings.temperature
    elif dialect.accepts("temperature"):
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


def _limit_name(settings: OpenAISettings, dialect: Dialect) -> str:
    """OpenAI's reasoning models take the newer name only, many other servers the older one only."""
    names = ("max_completion_tokens", "max_tokens")
    ordered = names if settings.official else names[::-1]
    return next(filter(dialect.accepts, ordered), ordered[0])


def _content(request: Request, settings: OpenAISettings) -> str | list[dict[str, Any]]:
    if not request.images:
        return request.prompt
    detail = {"detail": settings.detail} if settings.detail else {}
    parts: list[dict[str, Any]] = [
        {
            "type": "image_url",
            "image_url": {
                "url": msgspec.Raw(data_url(accepted(image, MEDIA_TYPES, settings.max_image_bytes))),
                **detail,
            },
        }
        for image in request.images
    ]
    return [*parts, {"type": "text", "text": request.prompt}]


def chat_output(reply: Completion, price: Price | None) -> Output:
    """The completion as an output.

    A refusal in the provider's own field is an answer in words, like any other refusal in words: the refusal
    evaluator reads it (``finish`` says ``refusal``). Only a content filter makes the output refused here.
    """
    tokens = reply.usage or Tokens()
    usage = used(price, count(tokens.prompt_tokens), count(tokens.completion_tokens))
    if not reply.choices:
        return Output.failed(FailureKind.BAD_REPLY, "the reply has no choices", retryable=True, usage=usage)
    choice = reply.choices[0]
    finish = _plain(choice.finish_reason) or "stop"
    if choice.error:
        return _broken_off(choice.error, usage)
    if choice.message is None:
        return Output.failed(FailureKind.BAD_REPLY, "the reply has no message", retryable=True, usage=usage)
    if finish == "content_filter":
        return Output.refused(RefusedBy.FILTER, "the provider's content filter stopped the answer", usage)
    model, refusal = _plain(reply.model), _plain(choice.message.refusal)
    if refusal:
        return Output.answered(refusal, usage=usage, finish="refusal", model=model)
    text = _text(choice.message.content)
    if not text.strip():
        return picture_for_text(usage) if choice.message.pictured else empty(finish, usage)
    return Output.answered(text, usage=usage, finish=finish, model=model, reasoning=choice.message.reasoned)


def _text(content: str | list[Part] | None) -> str:
    if isinstance(content, list):
        return "".join(part.text or "" for part in content if not part.reasons)
    return content or ""


def _thought(part: Part) -> str:
    if isinstance(part.thinking, list):
        return "".join(_plain(each.get("text")) for each in part.thinking if isinstance(each, dict))
    return _plain(part.thinking) or part.text or ""


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _broken_off(error: Any, usage: Usage) -> Output:
    found = read_error({"error": error}, "the answer broke off")
    message = redact(found.message)
    if is_filter(found):
        return Output.refused(RefusedBy.FILTER, message, usage)
    return Output.failed(FailureKind.SERVER, f"the answer broke off: {message}", retryable=True, usage=usage)
