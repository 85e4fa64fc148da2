"""Bedrock's Converse API: prompt and images in, text out, in one format for all providers' models."""

from __future__ import annotations

from typing import Any

import msgspec

from mmdt.core.message import Message, Part, Text
from mmdt.core.output import Output, RefusedBy
from mmdt.core.protocols import Request
from mmdt.models.bedrock.settings import BedrockSettings, default_limit
from mmdt.models.http.dialect import Fields
from mmdt.models.http.failures import bad_reply, empty, picture_for_text
from mmdt.models.http.images import accepted
from mmdt.models.http.picture_formats import bedrock_formats
from mmdt.models.http.usage import count, entries, total, used
from mmdt.models.model_defaults import sends_temperature
from mmdt.models.prices import Details, Price

OPTIONAL = ("outputConfig", "temperature", "maxTokens")
_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}
_FILTERS = {
    "guardrail_intervened": "the guardrail blocked the answer",
    "content_filtered": "the content filter blocked the answer",
}


class ConverseThought(msgspec.Struct):
    text: str = ""


class ConverseReasoning(msgspec.Struct, rename="camel"):
    """Without a text where the provider has encrypted it."""

    reasoning_text: ConverseThought | None = None


class ConverseBlock(msgspec.Struct, rename="camel"):
    text: str = ""
    image: dict[str, Any] | None = None
    reasoning_content: ConverseReasoning | None = None


class ConverseMessage(msgspec.Struct):
    content: list[ConverseBlock]


class ConverseResult(msgspec.Struct):
    message: ConverseMessage


class ConverseReply(msgspec.Struct, rename="camel"):
    output: ConverseResult
    stop_reason: str
    usage: Any = None


def converse_arguments(model: str, request: Request, settings: BedrockSettings, dialect: Fields) -> dict[str, Any]:
    """The arguments of the SDK's ``converse``. Raises DataError if an image cannot be read."""
    arguments: dict[str, Any] = {"modelId": model, "messages": [_turn(each, model, settings) for each in request.turns]}
    if request.system:
        arguments["system"] = [{"text": request.system}]
    temperature, limit = settings.temperature, settings.max_tokens
    if temperature is None and sends_temperature(model) and dialect.accepts("temperature"):
        temperature = 0.0
    if limit is None and default_limit(model) is not None and dialect.accepts("maxTokens"):
        limit = default_limit(model)
    chosen = {"temperature": temperature, "topP": settings.top_p, "maxTokens": limit}
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


def _turn(message: Message, model: str, settings: BedrockSettings) -> dict[str, Any]:
    return {"role": message.role, "content": [_part(part, model, settings) for part in message.parts]}


def _part(part: Part, model: str, settings: BedrockSettings) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"text": part.text}
    image = accepted(part.image, bedrock_formats(model), settings.max_image_bytes)
    return {"image": {"format": image.media_type.partition("/")[2], "source": {"bytes": image.read()}}}


def optional_fields(arguments: dict[str, Any]) -> frozenset[str]:
    """The optional fields that the request contains."""
    return frozenset({*arguments, *arguments.get("inferenceConfig", ())} & set(OPTIONAL))


def converse_output(reply: Any, model: str, price: Price | None) -> Output:
    """Convert the SDK's reply to an output. The service reports no version, so the output names the requested id."""
    try:
        found = msgspec.convert(reply, ConverseReply)
    except msgspec.ValidationError as error:
        return bad_reply(f"the reply has an unexpected shape: {error}{_content_type(reply)}")
    tokens = entries(found.usage)
    read, written = tokens.get("cacheReadInputTokens") or 0, tokens.get("cacheWriteInputTokens") or 0
    given = total(tokens.get("inputTokens"), read, written)
    details = Details(count(read) or 0, count(written) or 0)
    usage = used(price, given, count(tokens.get("outputTokens")), details=details)
    blocks = found.output.message.content
    text = "".join(block.text for block in blocks)
    if found.stop_reason in _FILTERS:
        reason = _FILTERS[found.stop_reason]
        return Output.refused(RefusedBy.FILTER, f"{reason}: {text.strip()}" if text.strip() else reason, usage)
    finish = _FINISH.get(found.stop_reason, found.stop_reason)
    if not text.strip():
        return picture_for_text(usage) if any(block.image for block in blocks) else empty(finish, usage)
    thoughts = [block.reasoning_content.reasoning_text for block in blocks if block.reasoning_content]
    reasoning = "\n\n".join(thought.text for thought in thoughts if thought and thought.text)
    return Output.answered(text, usage=usage, finish=finish, model=model, reasoning=reasoning)


def _content_type(reply: Any) -> str:
    """The content type if the body is not JSON: botocore parses any other text as an empty reply."""
    headers = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {}) if isinstance(reply, dict) else {}
    kind = str(headers.get("content-type", "")).partition(";")[0]
    return f" (the reply is {kind})" if kind and kind != "application/json" else ""
