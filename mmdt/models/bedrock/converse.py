"""Bedrock's Converse: prompt and pictures in, text out, in one form for the models of all providers."""

from __future__ import annotations

from typing import Any

import msgspec

from mmdt.core.image import Image
from mmdt.core.output import Output, RefusedBy
from mmdt.core.protocols import Request
from mmdt.models.bedrock.settings import BedrockSettings
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import bad_reply, empty, picture_for_text
from mmdt.models.http.images import accepted
from mmdt.models.http.usage import count, total, used
from mmdt.models.prices import Price

OPTIONAL = ("outputConfig", "temperature")
MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}
_FILTERS = {"guardrail_intervened": "the guardrail intervened", "content_filtered": "the content filter intervened"}


class Thought(msgspec.Struct):
    text: str = ""


class Reasoning(msgspec.Struct, rename="camel"):
    """Without a text where the provider has encrypted it."""

    reasoning_text: Thought | None = None


class Block(msgspec.Struct, rename="camel"):
    text: str = ""
    image: dict[str, Any] | None = None
    reasoning_content: Reasoning | None = None


class Message(msgspec.Struct):
    content: list[Block]


class Said(msgspec.Struct):
    message: Message


class Tokens(msgspec.Struct, rename="camel"):
    input_tokens: Any = None
    output_tokens: Any = None
    cache_read_input_tokens: Any = None
    cache_write_input_tokens: Any = None


class Reply(msgspec.Struct, rename="camel"):
    output: Said
    stop_reason: str
    usage: Tokens = msgspec.field(default_factory=Tokens)


def converse_arguments(model: str, request: Request, settings: BedrockSettings, dialect: Dialect) -> dict[str, Any]:
    """The arguments of boto3's ``converse``. Raises DataError where a picture cannot be read."""
    content = [_image(accepted(image, MEDIA_TYPES, settings.max_image_bytes)) for image in request.images]
    content.append({"text": request.prompt})
    arguments: dict[str, Any] = {"modelId": model, "messages": [{"role": "user", "content": content}]}
    if request.system:
        arguments["system"] = [{"text": request.system}]
    temperature = settings.temperature
    if temperature is None and dialect.accepts("temperature"):
        temperature = 0.0
    chosen = {"temperature": temperature, "topP": settings.top_p, "maxTokens": settings.max_tokens}
    if config := {name: value for name, value in chosen.items() if value is not None}:
        arguments["inferenceConfig"] = config
    if request.schema is not None and dialect.accepts("outputConfig"):
        schema = {"name": "reply", "schema": msgspec.json.encode(request.schema).decode()}
        arguments["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": schema}}}
    if settings.guardrail is not None:
        guardrail = {"guardrailIdentifier": settings.guardrail, "guardrailVersion": settings.guardrail_version}
        arguments["guardrailConfig"] = guardrail
    if settings.extra_body:
        arguments["additionalModelRequestFields"] = settings.extra_body
    return arguments


def _image(image: Image) -> dict[str, Any]:
    return {"image": {"format": image.media_type.partition("/")[2], "source": {"bytes": image.read()}}}


def optional_fields(arguments: dict[str, Any]) -> frozenset[str]:
    """What the request holds of the fields that may be left out."""
    return frozenset({*arguments, *arguments.get("inferenceConfig", ())} & set(OPTIONAL))


def converse_output(reply: Any, model: str, price: Price | None) -> Output:
    """boto3's reply as an output. The service names no version of the model, so it is the id that was asked."""
    try:
        found = msgspec.convert(reply, Reply)
    except msgspec.ValidationError as error:
        return bad_reply(f"the reply has an unknown shape: {error}{_kind(reply)}")
    tokens = found.usage
    given = total(tokens.input_tokens, tokens.cache_read_input_tokens or 0, tokens.cache_write_input_tokens or 0)
    usage = used(price, given, count(tokens.output_tokens))
    blocks = found.output.message.content
    text = "".join(block.text for block in blocks)
    if found.stop_reason in _FILTERS:
        said = _FILTERS[found.stop_reason]
        return Output.refused(RefusedBy.FILTER, f"{said}: {text.strip()}" if text.strip() else said, usage)
    finish = _FINISH.get(found.stop_reason, found.stop_reason)
    if not text.strip():
        return picture_for_text(usage) if any(block.image for block in blocks) else empty(finish, usage)
    thoughts = [block.reasoning_content.reasoning_text for block in blocks if block.reasoning_content]
    reasoning = "\n\n".join(thought.text for thought in thoughts if thought and thought.text)
    return Output.answered(text, usage=usage, finish=finish, model=model, reasoning=reasoning)


def _kind(reply: Any) -> str:
    """Of the body, where it is no JSON: botocore takes any text for an empty reply."""
    headers = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {}) if isinstance(reply, dict) else {}
    kind = str(headers.get("content-type", "")).partition(";")[0]
    return f" (the reply is {kind})" if kind and kind != "application/json" else ""
