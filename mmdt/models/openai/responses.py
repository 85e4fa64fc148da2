"""The Responses API: prompt and pictures in, text out."""

from __future__ import annotations

from typing import Any

import msgspec

from mmdt.core.output import Output, RefusedBy
from mmdt.core.protocols import Request
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import bad_reply, empty, picture_for_text
from mmdt.models.http.images import accepted, data_url
from mmdt.models.http.usage import count, used
from mmdt.models.openai.chat import MEDIA_TYPES
from mmdt.models.openai.errors import is_filter, read_error
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import Price

PATH = "/responses"
OPTIONAL = ("text", "temperature")


class Part(msgspec.Struct):
    type: str = ""
    text: str = ""
    refusal: str = ""


class Item(msgspec.Struct):
    """``summary``: of what the model reasoned, in an item of the type ``reasoning``."""

    type: str = ""
    content: list[Part] | None = None
    summary: list[Part] | None = None


class Tokens(msgspec.Struct):
    input_tokens: Any = None
    output_tokens: Any = None


class Incomplete(msgspec.Struct):
    reason: str | None = None


class Response(msgspec.Struct):
    output: list[Item]
    model: str | None = None
    usage: Tokens | None = None
    error: dict[str, Any] | None = None
    incomplete_details: Incomplete | None = None


def responses_body(model: str, request: Request, settings: OpenAISettings, dialect: Dialect) -> dict[str, Any]:
    """The request's JSON; nothing is kept on the server. Raises DataError where a picture cannot be read."""
    content = [_image(request, settings, number) for number in range(len(request.images))]
    content.append({"type": "input_text", "text": request.prompt})
    body: dict[str, Any] = {"model": model, "input": [{"role": "user", "content": content}], "store": False}
    if request.system:
        body["instructions"] = request.system
    if settings.temperature is not None:
        body["temperature"] = settings.temperature
    elif dialect.accepts("temperature"):
        body["temperature"] = 0
    if request.schema is not None and dialect.accepts("text"):
        body["text"] = {"format": {"type": "json_schema", "name": "reply", "schema": request.schema, "strict": True}}
    if settings.reasoning_effort is not None:
        body["reasoning"] = {"effort": settings.reasoning_effort}
    chosen = {"max_output_tokens": settings.max_tokens, "top_p": settings.top_p}
    body |= {name: value for name, value in chosen.items() if value is not None}
    return body | (settings.extra_body or {})


def _image(request: Request, settings: OpenAISettings, number: int) -> dict[str, Any]:
    url = msgspec.Raw(data_url(accepted(request.images[number], MEDIA_TYPES, settings.max_image_bytes)))
    return {"type": "input_image", "image_url": url, "detail": settings.detail or "auto"}


def responses_output(reply: Response, price: Price | None) -> Output:
    """The response as an output; a refusal in the field made for it is an answer in words, as for chat."""
    tokens = reply.usage or Tokens()
    usage = used(price, count(tokens.input_tokens), count(tokens.output_tokens))
    if reply.error:
        error = read_error(reply.error, "the response failed")
        return Output.refused(RefusedBy.FILTER, error.message, usage) if is_filter(error) else bad_reply(error.message)
    finish = (reply.incomplete_details.reason if reply.incomplete_details else None) or "stop"
    if finish == "content_filter":
        return Output.refused(RefusedBy.FILTER, "the provider's content filter stopped the answer", usage)
    parts = [part for item in reply.output if item.type == "message" for part in item.content or ()]
    parts = [part for part in parts if "reason" not in part.type]
    refusal = "".join(part.refusal for part in parts)
    text = refusal or "".join(part.text for part in parts)
    if not text.strip():
        pictured = any(item.type == "image_generation_call" for item in reply.output)
        return picture_for_text(usage) if pictured else empty(finish, usage)
    finish = "refusal" if refusal else {"max_output_tokens": "length"}.get(finish, finish)
    return Output.answered(
        text, usage=usage, finish=finish, model=reply.model or "", reasoning=_reasoning(reply.output)
    )


def _reasoning(items: list[Item]) -> str:
    """What open models reasoned in full, and of OpenAI's the summary where one was asked for."""
    thought = [item for item in items if item.type == "reasoning"]
    return "\n\n".join(part.text for item in thought for part in item.content or item.summary or () if part.text)
