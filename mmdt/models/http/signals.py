"""What the error of a provider means: a content filter, an exhausted account, a rejected key.

Providers use the same HTTP status for all three: a 403 may be a flagged prompt (xAI, OpenRouter, Stability) or a wrong
key. So the body decides first, and the status only where the body says nothing. Each line names where it was seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What an error says about the next requests."""

    FILTER = "filter"  # this request was refused; the next one may pass
    BILLING = "billing"  # nothing can succeed until the account has credit
    ACCESS = "access"  # nothing can succeed with this key


@dataclass(frozen=True, slots=True)
class Signal:
    """One line of the table: an error ``code`` (lower case, exact) or a pattern of the message, and where it is
    used."""

    meaning: Meaning
    source: str
    code: str = ""
    message: re.Pattern[str] | None = None


def _codes(meaning: Meaning, source: str, *codes: str) -> list[Signal]:
    return [Signal(meaning, source, code=code) for code in codes]


def _says(meaning: Meaning, source: str, pattern: str) -> Signal:
    return Signal(meaning, source, message=re.compile(pattern, re.IGNORECASE))


SIGNALS: tuple[Signal, ...] = (
    *_codes(
        Meaning.FILTER,
        "OpenAI chat, responses and images; gateways that copy them",
        "content_filter",
        "content_policy_violation",
        "image_content_policy_violation",
        "moderation_blocked",
        "bio_policy",
        "cyber_policy",
        "misalignment_policy_violation",
    ),
    *_codes(Meaning.FILTER, "Azure OpenAI (innererror)", "responsibleaipolicyviolation"),
    *_codes(Meaning.FILTER, "Alibaba DashScope", "data_inspection_failed", "datainspectionfailed"),
    *_codes(Meaning.FILTER, "Zhipu", "1301"),
    *_codes(
        Meaning.FILTER,
        "Volcengine",
        "sensitivecontentdetected",
        "inputtextsensitivecontentdetected",
        "inputimagesensitivecontentdetected",
        "outputtextsensitivecontentdetected",
        "outputimagesensitivecontentdetected",
    ),
    *_codes(Meaning.FILTER, "Stability, Together", "content_moderation", "nsfw", "nsfw_content"),
    _says(Meaning.FILTER, "LiteLLM proxy", r"ContentPolicyViolationError|ResponsibleAIPolicyViolation"),
    _says(Meaning.FILTER, "Azure OpenAI", r"content management policy"),
    _says(Meaning.FILTER, "OpenAI", r"(usage|content) polic(y|ies)|safety system"),
    _says(Meaning.FILTER, "OpenRouter", r"requires moderation|your (input|prompt) was flagged"),
    _says(Meaning.FILTER, "xAI", r"content violates usage guidelines|SAFETY_CHECK_TYPE"),
    _says(Meaning.FILTER, "DeepSeek", r"content exists risk"),
    _says(Meaning.FILTER, "Alibaba DashScope", r"may contain inappropriate content"),
    _says(Meaning.FILTER, "Volcengine, Zhipu", r"sensitive (content|information)"),
    _says(Meaning.FILTER, "Anthropic; Claude on Bedrock", r"content filtering policy"),
    _says(Meaning.FILTER, "Bedrock", r"blocked by our content filters|AWS Responsible AI"),
    _says(
        Meaning.FILTER,
        "Together, Fireworks, Stability",
        r"\bnsfw\b|content moderation|(request|prompt|content|input) was flagged",
    ),
    *_codes(
        Meaning.BILLING,
        "OpenAI; gateways",
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "billing_error",
        "insufficient_balance",
        "insufficient_credits",
        "credit_exhausted",
        "spend_limit_exceeded",
        "spend_limit_reached",
    ),
    *_codes(Meaning.BILLING, "Zhipu, DashScope, Volcengine, Together", "1113", "arrearage", "accountoverdueerror"),
    _says(Meaning.BILLING, "DeepSeek, Moonshot, SiliconFlow", r"insufficient (account )?balance|exceeded .*balance"),
    _says(Meaning.BILLING, "OpenRouter, Anthropic, Together", r"(insufficient|out of|no|more) credits?|credit balance"),
    _says(Meaning.BILLING, "Anthropic (error_code in the details)", r"spend[_ ]limit"),
    _says(Meaning.BILLING, "several", r"payment required|billing (account|details)|account is (in arrears|overdue)"),
    *_codes(Meaning.ACCESS, "OpenAI; gateways", "invalid_api_key", "invalid_authentication", "account_deactivated"),
    _says(Meaning.ACCESS, "several", r"(api|access|secret)[ _-]?(key|token)|authenticat|unauthori[sz]ed|credential"),
    _says(Meaning.ACCESS, "several", r"permission|no access|not (authori[sz]ed|allowed to access)|access denied"),
)
"""The first line that matches counts: filters first, since their messages may also speak of permissions (xAI)."""

FLAGGED = re.compile(r"usage polic|content polic|safety system|content management policy|flagged", re.IGNORECASE)
"""OpenAI's code ``invalid_prompt`` is for flagged and for malformed prompts; with one of these words it was flagged."""
MAY_BE_BILLING = frozenset({400, 402, 403, 429})
"""A message about quota in a 429 may be a limit per minute (Gemini), so there only codes count."""
MAY_BE_ACCESS = frozenset({401, 403})
FILTER_STATUSES = frozenset({200, 400, 403, 422, 451})
"""Statuses with which a filter answers. A rate limit that mentions a policy is still a rate limit."""

_STATUSES = {Meaning.FILTER: FILTER_STATUSES, Meaning.BILLING: MAY_BE_BILLING, Meaning.ACCESS: MAY_BE_ACCESS}

FILTER_FINISHES = ("content_filter", "content filter", "safety", "sensitive", "prohibited_content", "blocklist", "spii")
"""Finish reasons of a filter, in the dialect of OpenAI: OpenAI, Zhipu (``sensitive``), Gemini behind its OpenAI
endpoint (``SAFETY``, ``content_filter: PROHIBITED_CONTENT``), Bedrock behind gateways (``guardrail_intervened``)."""


def meaning_of(status: int, codes: Iterable[str], message: str, filters: Iterable[str] = ()) -> Meaning | None:
    """What an error means, or None if neither its codes nor its message say so.

    ``codes``: every code, type and inner code of the error. ``filters``: further patterns (regular expressions, case
    ignored) that the user has set for filters. A 402 is always about money.
    """
    known = {code.strip().lower() for code in codes if code}
    if status in FILTER_STATUSES and any(re.search(pattern, message, re.IGNORECASE) for pattern in filters):
        return Meaning.FILTER
    for signal in SIGNALS:
        if _allowed(signal, status) and _matches(signal, known, message):
            return signal.meaning
    return Meaning.BILLING if status == 402 else None


def says_flagged(message: str) -> bool:
    """Whether the message of an error with the code ``invalid_prompt`` is about a flagged prompt."""
    return FLAGGED.search(message) is not None


def is_filter_finish(reason: str) -> bool:
    """Whether a finish reason comes from a filter: ``content_filter: PROHIBITED_CONTENT``, ``SAFETY``."""
    plain = reason.strip().lower()
    return plain in FILTER_FINISHES or plain.startswith("content_filter") or plain == "guardrail_intervened"


def _allowed(signal: Signal, status: int) -> bool:
    if signal.meaning is Meaning.BILLING and signal.message and status == 429:
        return False
    return status in _STATUSES[signal.meaning]


def _matches(signal: Signal, codes: set[str], message: str) -> bool:
    if signal.code:
        return signal.code in codes
    return signal.message is not None and (signal.message.search(message) is not None)
