"""Gemini's generateContent: what goes out in the SDK's types, and its replies and errors as outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import Request
from mmdt.errors import DataError
from mmdt.models.google.settings import GoogleSettings
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import Call, bad_reply, empty, from_status, picture_for_text, redact
from mmdt.models.http.images import accepted, from_base64
from mmdt.models.http.usage import count, total, used
from mmdt.models.prices import Price

if TYPE_CHECKING:
    from google.genai import types

OPTIONAL = ("response_json_schema",)
MEDIA_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})
_CATEGORIES = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
# Finish reasons that are a filter's doing; the others are an end, a limit or an accident.
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
_FINISH = {"STOP": "stop", "MAX_TOKENS": "length"}


class Blob(msgspec.Struct):
    data: str = ""


class Part(msgspec.Struct, rename="camel"):
    text: str | None = None
    thought: bool = False
    inline_data: Blob | None = None


class Content(msgspec.Struct):
    parts: list[Part] | None = None


class Candidate(msgspec.Struct, rename="camel"):
    content: Content | None = None
    finish_reason: str | None = None
    finish_message: str | None = None


class Feedback(msgspec.Struct, rename="camel"):
    block_reason: str | None = None
    block_reason_message: str | None = None


class Tokens(msgspec.Struct, rename="camel"):
    prompt_token_count: Any = None
    candidates_token_count: Any = None
    thoughts_token_count: Any = None


class Reply(msgspec.Struct, rename="camel"):
    candidates: list[Candidate] | None = None
    prompt_feedback: Feedback | None = None
    usage_metadata: Tokens | None = None
    model_version: str | None = None


def content(request: Request, settings: GoogleSettings) -> types.Content:
    """The pictures, then the prompt. Raises DataError where a picture cannot be read."""
    from mmdt.models.google.types import QuickContent, QuickPart

    images = [accepted(image, MEDIA_TYPES, settings.max_image_bytes) for image in request.images]
    parts = [QuickPart.from_bytes(data=image.read(), mime_type=image.media_type) for image in images]
    return QuickContent(role="user", parts=[*parts, QuickPart.from_text(text=request.prompt)])


def config(request: Request, settings: GoogleSettings, dialect: Dialect) -> types.GenerateContentConfig:
    """Everything beside the content; the reply comes back as it was sent, to be read here."""
    from mmdt.models.google.types import QuickConfig

    chosen: dict[str, Any] = {"should_return_http_response": True}
    text = request.modality == "i2t"
    chosen["temperature"] = 0 if settings.temperature is None and text else settings.temperature
    chosen |= {"top_p": settings.top_p, "max_output_tokens": settings.max_tokens, "seed": request.seed}
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


def output(reply: Reply, request: Request, price: Price | None) -> Output:
    """The reply as an output.

    A painter that answers in words only has answered in words: text without a picture, for the refusal
    evaluator to read.
    """
    usage = _usage(reply.usage_metadata, price)
    feedback = reply.prompt_feedback
    if feedback is not None and feedback.block_reason:
        return Output.refused(RefusedBy.FILTER, feedback.block_reason_message or feedback.block_reason, usage)
    if not reply.candidates:
        return bad_reply("the reply has no candidates")
    first = reply.candidates[0]
    reason = first.finish_reason or "STOP"
    if reason in _FILTERED:
        return Output.refused(RefusedBy.FILTER, first.finish_message or reason, usage)
    finish = _FINISH.get(reason, reason.lower())
    everything = (first.content.parts if first.content else None) or ()
    parts = [part for part in everything if not part.thought]
    reasoning = "".join(part.text or "" for part in everything if part.thought)
    text = "".join(part.text or "" for part in parts)
    blobs = [part.inline_data.data for part in parts if part.inline_data]
    if not text.strip() and (not blobs or request.modality == "i2t"):
        return picture_for_text(usage) if blobs else empty(finish, usage)
    if request.modality == "i2t":
        version = reply.model_version or ""
        return Output.answered(text, usage=usage, finish=finish, model=version, reasoning=reasoning)
    try:
        images = tuple(from_base64(data) for data in blobs)
    except DataError as error:
        return bad_reply(str(error))
    counted = _usage(reply.usage_metadata, price, len(images))
    return Output.answered(text, images, counted, finish, reply.model_version or "", reasoning)


def _usage(tokens: Tokens | None, price: Price | None, images: int = 0) -> Usage:
    """A count of nought is left out of the reply; where pictures have a price of their own, all of them may be."""
    if tokens is None and (price is None or not price.image or not images):
        return Usage(images=images)
    tokens = tokens or Tokens()
    made = total(tokens.candidates_token_count or 0, tokens.thoughts_token_count or 0)
    return used(price, count(tokens.prompt_token_count or 0), made, images)


def error_output(status: int, details: Any, headers: Mapping[str, str], call: Call) -> Output:
    """A reply with an error status as an output; ``details`` is the decoded reply."""
    found = details.get("error", details) if isinstance(details, Mapping) else None
    found = found if isinstance(found, Mapping) else {"message": str(found or "no message")}
    message = redact(str(found.get("message") or found.get("status") or "no message"), call.secret)
    notes = [note for note in found.get("details") or () if isinstance(note, Mapping)]
    if any(note.get("reason") == "API_KEY_INVALID" for note in notes):
        return from_status(401, message, headers, call)
    if status == 429 and "PerDay" in str(notes):
        text = f"the quota of the day is used up ({message}): resume tomorrow, or raise it with the provider"
        return Output.failed(FailureKind.RATE_LIMIT, text, fatal=True)
    delay = next((str(note["retryDelay"]) for note in notes if "retryDelay" in note), "")
    if delay and "retry-after" not in headers:
        headers = {**headers, "retry-after": delay.removesuffix("s")}
    return from_status(status, message, headers, call)
