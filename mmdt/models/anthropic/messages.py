"""Anthropic's Messages: prompt and pictures in, text out; its errors as outputs."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import Request
from mmdt.models.anthropic.settings import AnthropicSettings
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import Call, empty, from_status, redact, retry_after
from mmdt.models.http.images import accepted
from mmdt.models.http.usage import count, total, used
from mmdt.models.prices import Price

PATH = "/v1/messages"
OPTIONAL = ("output_config",)
MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}
# The one error that names the filter has no code of its own; its words are all there is.
_FILTERED = "content filtering policy"
_BILLING = ("credit balance", "spend_limit")


class Block(msgspec.Struct):
    type: str = ""
    text: str = ""
    thinking: str | None = None


class Details(msgspec.Struct):
    category: str | None = None
    explanation: str | None = None


class Tokens(msgspec.Struct):
    input_tokens: Any = None
    output_tokens: Any = None
    cache_creation_input_tokens: Any = None
    cache_read_input_tokens: Any = None


class Reply(msgspec.Struct):
    content: list[Block]
    stop_reason: str | None = None
    stop_details: Details | None = None
    model: str | None = None
    usage: Tokens | None = None


def messages_body(model: str, request: Request, settings: AnthropicSettings, dialect: Dialect) -> dict[str, Any]:
    """The request's JSON. Raises DataError where a picture cannot be read."""
    content = [_image(accepted(image, MEDIA_TYPES, settings.max_image_bytes)) for image in request.images]
    content.append({"type": "text", "text": request.prompt})
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": settings.max_tokens,
        "messages": [{"role": "user", "content": content}],
    }
    if request.system:
        body["system"] = request.system
    if settings.temperature is not None:
        body["temperature"] = settings.temperature
    if settings.thinking is not None:
        body["thinking"] = {"type": settings.thinking}
    config: dict[str, Any] = {"effort": settings.effort} if settings.effort else {}
    if request.schema is not None and dialect.accepts("output_config"):
        config["format"] = {"type": "json_schema", "schema": request.schema}
    return body | ({"output_config": config} if config else {}) | (settings.extra_body or {})


def _image(image: Image) -> dict[str, Any]:
    data = msgspec.Raw(b'"%b"' % base64.b64encode(image.read()))
    return {"type": "image", "source": {"type": "base64", "media_type": image.media_type, "data": data}}


def messages_output(reply: Reply, price: Price | None) -> Output:
    """The reply as an output. The stop reason ``refusal`` is the work of the provider's classifiers: a filter."""
    usage = _usage(reply.usage, price)
    finish = _FINISH.get(reply.stop_reason or "", reply.stop_reason or "stop")
    if finish == "refusal":
        details = reply.stop_details or Details()
        reason = details.explanation or details.category or "the provider's classifiers stopped the answer"
        return Output.refused(RefusedBy.FILTER, reason, usage)
    text = "".join(block.text for block in reply.content if block.type == "text")
    if not text.strip():
        return empty(finish, usage)
    thinking = "\n\n".join(block.thinking for block in reply.content if block.type == "thinking" and block.thinking)
    return Output.answered(text, usage=usage, finish=finish, model=reply.model or "", reasoning=thinking)


def _usage(tokens: Tokens | None, price: Price | None) -> Usage:
    if tokens is None:
        return Usage()
    given = total(tokens.input_tokens, tokens.cache_creation_input_tokens or 0, tokens.cache_read_input_tokens or 0)
    return used(price, given, count(tokens.output_tokens))


class ApiError(msgspec.Struct, frozen=True):
    kind: str = ""
    message: str = ""
    code: str = ""


def read_error(data: Any, fallback: str) -> ApiError:
    """The error in a decoded reply; ``fallback`` is its message where there is none."""
    found = data.get("error") if isinstance(data, Mapping) else None
    if not isinstance(found, Mapping):
        return ApiError(message=fallback)
    details = found.get("details")
    code = details.get("error_code") if isinstance(details, Mapping) else ""
    return ApiError(str(found.get("type") or ""), str(found.get("message") or fallback), str(code or ""))


def error_output(status: int, error: ApiError, headers: Mapping[str, str], call: Call) -> Output:
    """A reply with an error status as an output: refused by the filter, or failed with the reason."""
    message = redact(error.message, call.secret)
    if _FILTERED in error.message:
        return Output.refused(RefusedBy.FILTER, message)
    if status == 402 or error.kind == "billing_error" or any(word in error.message + error.code for word in _BILLING):
        text = f"the account has no credit left ({message}): add credit with the provider, then resume"
        return Output.failed(FailureKind.RATE_LIMIT, text, fatal=True)
    if error.kind == "overloaded_error":
        return Output.failed(FailureKind.OVERLOADED, message, retryable=True, retry_after=retry_after(headers))
    return from_status(status, message, headers, call)
