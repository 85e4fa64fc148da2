"""Anthropic's Messages API: prompt and images in, text out; errors converted to outputs."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from mmdt.core.message import Message, Part, Text
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import Request
from mmdt.models.anthropic.settings import AnthropicSettings, sends_default_temperature, token_limit
from mmdt.models.http.dialect import Fields
from mmdt.models.http.failures import Call, empty, from_status, heeded, redact, retry_after, silent_403
from mmdt.models.http.images import accepted
from mmdt.models.http.picture_formats import formats_at
from mmdt.models.http.signals import Meaning, meaning_of
from mmdt.models.http.usage import count, entries, total, used
from mmdt.models.prices import Details, Price

PATH = "/v1/messages"
OPTIONAL = ("output_config", "temperature")
_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}


class MessageBlock(msgspec.Struct):
    type: str = ""
    text: str = ""
    thinking: str | None = None


class StopDetails(msgspec.Struct):
    category: str | None = None
    explanation: str | None = None


class MessageReply(msgspec.Struct):
    content: list[MessageBlock]
    stop_reason: str | None = None
    stop_details: StopDetails | None = None
    model: str | None = None
    usage: Any = None


def messages_body(model: str, request: Request, settings: AnthropicSettings, dialect: Fields) -> dict[str, Any]:
    """The request body. Raises DataError if an image cannot be read."""
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": token_limit(model, settings),
        "messages": [_turn(each, settings) for each in request.turns],
    }
    if request.system:
        body["system"] = request.system
    if settings.temperature is not None:
        body["temperature"] = settings.temperature
    elif sends_default_temperature(model, settings) and dialect.accepts("temperature"):
        body["temperature"] = 0
    if settings.thinking is not None:
        budget = {"budget_tokens": settings.thinking_budget} if settings.thinking_budget is not None else {}
        body["thinking"] = {"type": settings.thinking, **budget}
    config: dict[str, Any] = {"effort": settings.effort} if settings.effort else {}
    if request.schema is not None and dialect.accepts("output_config"):
        config["format"] = {"type": "json_schema", "schema": request.schema}
    return body | ({"output_config": config} if config else {}) | (settings.extra_body or {})


def _turn(message: Message, settings: AnthropicSettings) -> dict[str, Any]:
    return {"role": message.role, "content": [_part(part, settings) for part in message.parts]}


def _part(part: Part, settings: AnthropicSettings) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    image = accepted(part.image, formats_at(settings.base_url), settings.max_image_bytes)
    data = msgspec.Raw(b'"%b"' % base64.b64encode(image.read()))
    return {"type": "image", "source": {"type": "base64", "media_type": image.media_type, "data": data}}


def messages_output(reply: MessageReply, price: Price | None) -> Output:
    """Convert a reply to an output, which names the model that the provider says has answered."""
    return replace(_messages_output(reply, price), model=reply.model or "")


def _messages_output(reply: MessageReply, price: Price | None) -> Output:
    """What came out. The stop reason ``refusal`` comes from the provider's classifiers: a filter."""
    usage = _usage(reply.usage, price)
    finish = _FINISH.get(reply.stop_reason or "", reply.stop_reason or "stop")
    if finish == "refusal":
        details = reply.stop_details or StopDetails()
        reason = details.explanation or details.category or "the provider's classifiers blocked the answer"
        return Output.refused(RefusedBy.FILTER, reason, usage)
    text = "".join(block.text for block in reply.content if block.type == "text")
    if not text.strip():
        return empty(finish, usage)
    thinking = "\n\n".join(block.thinking for block in reply.content if block.type == "thinking" and block.thinking)
    return Output.answered(text, usage=usage, finish=finish, reasoning=thinking)


def _usage(usage: Any, price: Price | None) -> Usage:
    """The API counts what was read from its cache and written to it beside the input, not as a part of it."""
    tokens = entries(usage)
    read, written = tokens.get("cache_read_input_tokens") or 0, tokens.get("cache_creation_input_tokens") or 0
    given = total(tokens.get("input_tokens"), written, read)
    hour = min(count(entries(tokens.get("cache_creation")).get("ephemeral_1h_input_tokens")) or 0, count(written) or 0)
    details = Details(count(read) or 0, (count(written) or 0) - hour, hour)
    return used(price, given, count(tokens.get("output_tokens")), details=details)


class AnthropicError(msgspec.Struct, frozen=True):
    """The error object of a reply. ``kind`` is the API's ``type``."""

    kind: str = ""
    message: str = ""
    code: str = ""


def read_error(data: Any, fallback: str) -> AnthropicError:
    """The error in a decoded reply; ``fallback`` replaces a missing message."""
    found = data.get("error") if isinstance(data, Mapping) else None
    if not isinstance(found, Mapping):
        return AnthropicError(message=fallback)
    details = found.get("details")
    code = details.get("error_code") if isinstance(details, Mapping) else ""
    return AnthropicError(str(found.get("type") or ""), str(found.get("message") or fallback), str(code or ""))


def error_output(
    status: int, error: AnthropicError, headers: Mapping[str, str], call: Call, filters: Sequence[str] = ()
) -> Output:
    """Convert an error reply to an output: refused by the filter, or failed with the reason.

    ``filters``: further patterns of messages of a filter.
    """
    message = redact(error.message, call.secret)
    text = f"{error.message} {error.kind} {error.code}"
    meaning = meaning_of(status, (error.kind, error.code), text, filters)
    if meaning is Meaning.FILTER:
        return Output.refused(RefusedBy.FILTER, message)
    if meaning is Meaning.BILLING:
        text = f"the account has no credit left ({message}): add credit with the provider, then resume the run"
        return Output.failed(FailureKind.RATE_LIMIT, text, fatal=True)
    if status == 403 and meaning is None:
        return silent_403(message, call)
    if error.kind == "overloaded_error":
        wait = retry_after(headers)
        return heeded(headers, Output.failed(FailureKind.OVERLOADED, message, retryable=True, retry_after=wait))
    return from_status(status, message, headers, call)
