"""Convert errors from OpenAI and compatible servers to outputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from mmdt.core.output import FailureKind, Output, RefusedBy
from mmdt.models.http.failures import Call, from_status, redact

_FILTER_CODES = frozenset(
    {
        "content_filter",
        "content_policy_violation",
        "image_content_policy_violation",
        "moderation_blocked",
        "responsibleaipolicyviolation",
        "bio_policy",
        "cyber_policy",
        "misalignment_policy_violation",
    }
)
# `invalid_prompt` covers both flagged and malformed prompts; only the message tells them apart.
_FLAGGED = re.compile(r"(?i)usage polic|content polic|safety system|content management policy|flagged")
_QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})


class OpenAIError(msgspec.Struct, frozen=True):
    """The error object of a reply. Servers disagree on the type of ``code``; here it is always a string."""

    message: str = ""
    code: str = ""
    kind: str = ""
    param: str = ""
    inner: str = ""


def read_error(data: Any, fallback: str) -> OpenAIError:
    """Find the error in a decoded reply, wherever the server puts it; ``fallback`` replaces a missing message."""
    found = data.get("error", data) if isinstance(data, Mapping) else None
    if isinstance(found, str):
        return OpenAIError(message=found)
    if not isinstance(found, Mapping):
        return OpenAIError(message=fallback)
    inner = found.get("innererror") or {}
    return OpenAIError(
        message=_text(found.get("message") or found.get("detail")) or fallback,
        code=_text(found.get("code")),
        kind=_text(found.get("type")),
        param=_text(found.get("param")),
        inner=_text(inner.get("code")) if isinstance(inner, Mapping) else "",
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def is_filter(error: OpenAIError) -> bool:
    """Whether the provider's content filter blocked the request."""
    codes = {error.code.lower(), error.kind.lower(), error.inner.lower()}
    return bool(codes & _FILTER_CODES) or (error.code == "invalid_prompt" and bool(_FLAGGED.search(error.message)))


def error_output(status: int, error: OpenAIError, headers: Mapping[str, str], call: Call) -> Output:
    """Convert an error reply to an output: refused by the filter, or failed with the reason."""
    message = redact(error.message, call.secret)
    if is_filter(error):
        return Output.refused(RefusedBy.FILTER, message)
    if {error.code, error.kind} & _QUOTA_CODES:
        text = f"the account has no quota left ({message}): add credit with the provider, then resume the run"
        return Output.failed(FailureKind.RATE_LIMIT, text, fatal=True)
    return from_status(status, message, headers, call)
