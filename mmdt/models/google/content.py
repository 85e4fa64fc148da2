"""Gemini's generateContent: build requests in the SDK's types, convert replies and errors to outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt.core.message import Part, Text
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import Request
from mmdt.errors import DataError
from mmdt.models.google.settings import GoogleSettings
from mmdt.models.http.dialect import Fields
from mmdt.models.http.failures import (
    Call,
    bad_reply,
    declined,
    empty,
    from_status,
    picture_for_text,
    redact,
    silent_403,
)
from mmdt.models.http.images import accepted, from_base64
from mmdt.models.http.limits import MAX_PICTURES
from mmdt.models.http.picture_formats import formats_at
from mmdt.models.http.signals import Meaning, meaning_of
from mmdt.models.http.usage import count, entries, total, used
from mmdt.models.model_defaults import sends_temperature
from mmdt.models.prices import Details, Price

if TYPE_CHECKING:
    from google.genai import types

_ROLES = {"user": "user", "assistant": "model"}
OPTIONAL = ("response_json_schema", "temperature", "seed")
_CATEGORIES = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
# Finish reasons set by a filter; the others mean a normal end, a limit or an error.
_FILTERED = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "ESCALATION",
        "MODEL_ARMOR",
    }
)
# Finish reasons of a picture that was declined without saying by whom; another attempt may bring one.
_DECLINED_PICTURE = frozenset({"NO_IMAGE", "IMAGE_OTHER"})
_LIMITED_ACCOUNT = "PUP_LIMITED_DISABLED"
_FINISH = {"STOP": "stop", "MAX_TOKENS": "length", "CONTINUATION": "length"}


class GeminiBlob(msgspec.Struct):
    data: str = ""


class GeminiPart(msgspec.Struct, rename="camel"):
    text: str | None = None
    thought: bool = False
    inline_data: GeminiBlob | None = None


class GeminiContent(msgspec.Struct):
    parts: list[GeminiPart] | None = None


class GeminiCandidate(msgspec.Struct, rename="camel"):
    content: GeminiContent | None = None
    finish_reason: str | None = None
    finish_message: str | None = None


class PromptFeedback(msgspec.Struct, rename="camel"):
    block_reason: str | None = None
    block_reason_message: str | None = None


class GeminiReply(msgspec.Struct, rename="camel"):
    candidates: list[GeminiCandidate] | None = None
    prompt_feedback: PromptFeedback | None = None
    usage_metadata: Any = None
    model_version: str | None = None


def contents(request: Request, settings: GoogleSettings) -> list[types.Content]:
    """The turns of the conversation. Raises DataError if an image cannot be read."""
    from mmdt.models.google.sdk_types import QuickContent

    return [
        QuickContent(role=_ROLES[each.role], parts=[_part(part, settings) for part in each.parts])
        for each in request.turns
    ]


def _part(part: Part, settings: GoogleSettings) -> types.Part:
    from mmdt.models.google.sdk_types import QuickPart

    if isinstance(part, Text):
        return QuickPart.from_text(text=part.text)
    image = accepted(part.image, formats_at(settings.base_url), settings.max_image_bytes)
    return QuickPart.from_bytes(data=image.read(), mime_type=image.media_type)


def config(model: str, request: Request, settings: GoogleSettings, dialect: Fields) -> types.GenerateContentConfig:
    """Everything but the content. Asks the SDK for the raw HTTP reply, which is decoded here."""
    from mmdt.models.google.sdk_types import QuickConfig

    chosen: dict[str, Any] = {"should_return_http_response": True}
    text = request.wants == "text"
    chosen["temperature"] = settings.temperature
    if settings.temperature is None and text and sends_temperature(model) and dialect.accepts("temperature"):
        chosen["temperature"] = 0
    if request.seed is not None and dialect.accepts("seed"):
        chosen["seed"] = request.seed
    chosen |= {"top_p": settings.top_p, "max_output_tokens": settings.max_tokens}
    chosen["system_instruction"] = request.system or None
    if request.schema is not None and dialect.accepts("response_json_schema"):
        chosen |= {"response_mime_type": "application/json", "response_json_schema": dict(request.schema)}
    if settings.thinking_level is not None or settings.thinking_budget is not None:
        level, budget = settings.thinking_level, settings.thinking_budget
        chosen["thinking_config"] = {"thinking_level": level, "thinking_budget": budget}
    if settings.safety is not None:
        names = [f"HARM_CATEGORY_{name}" for name in _CATEGORIES]
        chosen["safety_settings"] = [{"category": name, "threshold": settings.safety} for name in names]
    if not text:
        chosen["response_modalities"] = ["TEXT", "IMAGE"]
        if settings.aspect_ratio or settings.image_size:
            chosen["image_config"] = {"aspect_ratio": settings.aspect_ratio, "image_size": settings.image_size}
    if settings.extra_body:
        chosen["http_options"] = {"extra_body": settings.extra_body}
    return QuickConfig(**{name: value for name, value in chosen.items() if value is not None})


def optional_fields(options: types.GenerateContentConfig) -> frozenset[str]:
    """The optional fields that the request contains."""
    return frozenset(name for name in OPTIONAL if getattr(options, name) is not None)


def output(reply: GeminiReply, request: Request, price: Price | None) -> Output:
    """Convert a reply to an output, which names the model that the provider says has answered."""
    return replace(_output(reply, request, price), model=reply.model_version or "")


def _output(reply: GeminiReply, request: Request, price: Price | None) -> Output:
    """What came out.

    An image model that replies with text only has answered with text: the refusal evaluator judges it.
    """
    usage = _usage(reply.usage_metadata, price)
    feedback = reply.prompt_feedback
    if feedback is not None and feedback.block_reason:
        return Output.refused(RefusedBy.FILTER, feedback.block_reason_message or feedback.block_reason, usage)
    if not reply.candidates:
        return bad_reply("the reply has no candidates", usage)
    first = reply.candidates[0]
    reason = first.finish_reason or "STOP"
    if reason in _FILTERED:
        return Output.refused(RefusedBy.FILTER, first.finish_message or reason, usage)
    if reason == _LIMITED_ACCOUNT:
        text = f"the provider has limited the account ({reason}): clear it with the provider, then resume the run"
        return Output.failed(FailureKind.AUTH, text, fatal=True, usage=usage)
    finish = _FINISH.get(reason, reason.lower())
    everything = (first.content.parts if first.content else None) or ()
    parts = [part for part in everything if not part.thought]
    reasoning = "".join(part.text or "" for part in everything if part.thought)
    text = "".join(part.text or "" for part in parts)
    blobs = [part.inline_data.data for part in parts if part.inline_data]
    if reason in _DECLINED_PICTURE and not blobs and not text.strip():
        return declined(first.finish_message or reason, usage)
    if not text.strip() and (not blobs or request.wants == "text"):
        return picture_for_text(usage) if blobs else empty(finish, usage)
    if request.wants == "text":
        return Output.answered(text, usage=usage, finish=finish, reasoning=reasoning)
    counted = _usage(reply.usage_metadata, price, len(blobs))
    if len(blobs) > MAX_PICTURES:
        return bad_reply(f"the reply has {len(blobs)} pictures, and at most {MAX_PICTURES} are read", counted)
    try:
        images = tuple(from_base64(data) for data in blobs)
    except DataError as error:
        return bad_reply(str(error), counted)
    return Output.answered(text, images, counted, finish, reasoning=reasoning)


def _usage(usage: Any, price: Price | None, images: int = 0) -> Usage:
    """The API omits counts of zero. With a price per image, it may omit all counts."""
    tokens = entries(usage)
    if not tokens and (price is None or not price.image or not images):
        return Usage(images=images)
    made = total(tokens.get("candidatesTokenCount") or 0, tokens.get("thoughtsTokenCount") or 0)
    given = total(tokens.get("promptTokenCount") or 0, tokens.get("toolUsePromptTokenCount") or 0)
    details = Details(
        cache_read=count(tokens.get("cachedContentTokenCount")) or 0,
        input_image=_of_pictures(tokens.get("promptTokensDetails")),
        output_image=_of_pictures(tokens.get("candidatesTokensDetails")),
    )
    return used(price, given, made, images, details=details)


def _of_pictures(details: Any) -> int:
    """The tokens of pictures among the counts by modality."""
    listed = [entries(each) for each in details] if isinstance(details, list) else []
    return sum(count(each.get("tokenCount")) or 0 for each in listed if each.get("modality") == "IMAGE")


def places(details: Any) -> str:
    """The fields that an error reply says it is about, separated by spaces."""
    found = details.get("error", details) if isinstance(details, Mapping) else None
    notes = found.get("details") if isinstance(found, Mapping) else None
    faults = [
        fault
        for note in (notes if isinstance(notes, list) else ())
        if isinstance(note, Mapping) and isinstance(note.get("fieldViolations"), list)
        for fault in note["fieldViolations"]
    ]
    return " ".join(str(fault["field"]) for fault in faults if isinstance(fault, Mapping) and fault.get("field"))


def error_output(
    status: int, details: Any, headers: Mapping[str, str], call: Call, filters: Sequence[str] = ()
) -> Output:
    """Convert an error reply to an output; ``details`` is the decoded reply, ``filters`` are further patterns of
    messages of a filter."""
    found = details.get("error", details) if isinstance(details, Mapping) else None
    found = found if isinstance(found, Mapping) else {"message": str(found or "no message")}
    message = redact(str(found.get("message") or found.get("status") or "no message"), call.secret)
    given = found.get("details")
    notes = [note for note in given if isinstance(note, Mapping)] if isinstance(given, list) else []
    if any(note.get("reason") == "API_KEY_INVALID" for note in notes):
        return from_status(401, message, headers, call)
    match meaning_of(status, (str(found.get("status") or ""),), message, filters):
        case Meaning.FILTER:
            return Output.refused(RefusedBy.FILTER, message)
        case Meaning.BILLING:
            text = f"the account has no credit left ({message}): add credit with the provider, then resume the run"
            return Output.failed(FailureKind.RATE_LIMIT, text, fatal=True)
        case None if status == 403:
            return silent_403(message, call)
    if status == 429 and "PerDay" in str(notes):
        text = f"the daily quota is used up ({message}): resume the run tomorrow, or raise the quota with the provider"
        return Output.failed(FailureKind.RATE_LIMIT, text, fatal=True)
    delay = next((str(note["retryDelay"]) for note in notes if "retryDelay" in note), "")
    if delay and "retry-after" not in headers:
        headers = {**headers, "retry-after": delay.removesuffix("s")}
    return from_status(status, message, headers, call)
