"""The Responses API: prompt and images in, text out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from mmdt.core.message import Message, Part, Text
from mmdt.core.output import Output, RefusedBy
from mmdt.core.protocols import Request
from mmdt.models.http.dialect import Fields
from mmdt.models.http.failures import bad_reply, empty, picture_for_text
from mmdt.models.http.images import accepted, data_url
from mmdt.models.http.picture_formats import formats_at
from mmdt.models.http.signals import is_filter_finish
from mmdt.models.http.usage import count, entries, openai_details, reported_cost, used
from mmdt.models.openai.errors import is_filter, read_error
from mmdt.models.openai.settings import OpenAISettings, sends_default_temperature
from mmdt.models.prices import Price

PATH = "/responses"
OPTIONAL = ("text", "temperature", "store")


class ResponsePart(msgspec.Struct):
    type: str = ""
    text: str = ""
    refusal: str = ""


class ResponseItem(msgspec.Struct):
    """``summary``: of what the model reasoned, in an item of the type ``reasoning``."""

    type: str = ""
    content: list[ResponsePart] | None = None
    summary: list[ResponsePart] | None = None


class IncompleteDetails(msgspec.Struct):
    reason: str | None = None


class Response(msgspec.Struct):
    output: list[ResponseItem]
    model: str | None = None
    usage: Any = None
    service_tier: Any = None
    error: dict[str, Any] | None = None
    incomplete_details: IncompleteDetails | None = None


def responses_body(model: str, request: Request, settings: OpenAISettings, dialect: Fields) -> dict[str, Any]:
    """The request body; the server stores nothing. Raises DataError if an image cannot be read."""
    body: dict[str, Any] = {"model": model, "input": [_turn(each, settings) for each in request.turns]}
    if dialect.accepts("store", matters=False):
        body["store"] = False
    if request.system:
        body["instructions"] = request.system
    if settings.temperature is not None:
        body["temperature"] = settings.temperature
    elif sends_default_temperature(model, settings) and dialect.accepts("temperature"):
        body["temperature"] = 0
    if request.schema is not None and dialect.accepts("text"):
        body["text"] = {"format": {"type": "json_schema", "name": "reply", "schema": request.schema, "strict": True}}
    if settings.reasoning_effort is not None:
        body["reasoning"] = {"effort": settings.reasoning_effort}
    chosen = {"max_output_tokens": settings.max_tokens, "top_p": settings.top_p}
    body |= {name: value for name, value in chosen.items() if value is not None}
    return body | (settings.extra_body or {})


def _turn(turn: Message, settings: OpenAISettings) -> dict[str, Any]:
    kind = "output_text" if turn.role == "assistant" else "input_text"
    return {"role": turn.role, "content": [_part(part, kind, settings) for part in turn.parts]}


def _part(part: Part, kind: str, settings: OpenAISettings) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": kind, "text": part.text}
    url = msgspec.Raw(data_url(accepted(part.image, formats_at(settings.base_url), settings.max_image_bytes)))
    return {"type": "input_image", "image_url": url, "detail": settings.detail or "auto"}


def responses_output(reply: Response, price: Price | None) -> Output:
    """Convert a response to an output, which names the model that the server says has answered."""
    return replace(_responses_output(reply, price), model=reply.model or "")


def _responses_output(reply: Response, price: Price | None) -> Output:
    """What came out. As in chat, text in the ``refusal`` field counts as an answer."""
    tokens = entries(reply.usage)
    given, made = count(tokens.get("input_tokens")), count(tokens.get("output_tokens"))
    usage = used(price, given, made, details=openai_details(tokens), reported=reported_cost(tokens))
    if reply.error:
        error = read_error(reply.error, "the response failed")
        return (
            Output.refused(RefusedBy.FILTER, error.message, usage)
            if is_filter(error)
            else bad_reply(error.message, usage)
        )
    finish = (reply.incomplete_details.reason if reply.incomplete_details else None) or "stop"
    if is_filter_finish(finish):
        return Output.refused(RefusedBy.FILTER, "the provider's content filter blocked the answer", usage)
    parts = [part for item in reply.output if item.type == "message" for part in item.content or ()]
    parts = [part for part in parts if "reason" not in part.type]
    refusal = "".join(part.refusal for part in parts)
    text = refusal or "".join(part.text for part in parts)
    if not text.strip():
        has_images = any(item.type == "image_generation_call" for item in reply.output)
        return picture_for_text(usage) if has_images else empty(finish, usage)
    finish = "refusal" if refusal else {"max_output_tokens": "length"}.get(finish, finish)
    return Output.answered(text, usage=usage, finish=finish, reasoning=_reasoning(reply.output))


def _reasoning(items: list[ResponseItem]) -> str:
    """What open models reasoned in full, and of OpenAI's the summary where one was asked for."""
    thought = [item for item in items if item.type == "reasoning"]
    return "\n\n".join(part.text for item in thought for part in item.content or item.summary or () if part.text)
