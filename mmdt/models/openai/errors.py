"""Convert errors from OpenAI and compatible servers to outputs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from mmdt.core.output import FailureKind, Output, RefusedBy
from mmdt.models.http.failures import Call, from_status, redact, silent_403
from mmdt.models.http.signals import Meaning, meaning_of, says_flagged
from mmdt.spelling import option

_NO_CHAT = re.compile(r"not a chat model|only supported in v1/responses", re.IGNORECASE)
"""With which OpenAI answers where a model is in the Responses API only."""

_LOCATION = re.compile(r"""['"]?loc['"]?: [(\[]['"]body['"], ['"](\w+)['"]""")
_REAL = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_RATE_LIMITS = frozenset({"rate_limit_exceeded", "rate_limit_error", "too_many_requests", "ratelimiterror"})


class OpenAIError(msgspec.Struct, frozen=True):
    """The error object of a reply. Servers disagree on the type of ``code``; here it is always a string."""

    message: str = ""
    code: str = ""
    kind: str = ""
    param: str = ""
    inner: str = ""
    details: str = ""


def read_error(data: Any, fallback: str) -> OpenAIError:
    """Find the error in a decoded reply, wherever the server puts it; ``fallback`` replaces a missing message."""
    found = data.get("error", data) if isinstance(data, Mapping) else None
    if isinstance(found, str):  # xAI: {"code": "a sentence", "error": "another one"}
        return OpenAIError(message=found, details=_text(data.get("code")) if isinstance(data, Mapping) else "")
    if not isinstance(found, Mapping):
        return OpenAIError(message=fallback)
    inner = found.get("innererror") or {}
    if not isinstance(inner, Mapping) or not inner:
        fields = found.get("provider_specific_fields")
        inner = fields.get("innererror") if isinstance(fields, Mapping) else {}
    metadata = found.get("metadata")
    around = data if found is not data and isinstance(data, Mapping) else {}
    message, places = _said(found.get("message") or found.get("detail"))
    return OpenAIError(
        message=message or fallback,
        code=_text(found.get("code")),
        kind=_text(found.get("type")),
        param=_text(found.get("param")) or places or _located(message),
        inner=_text(inner.get("code")) if isinstance(inner, Mapping) else "",
        details=_text(metadata.get("reasons")) if isinstance(metadata, Mapping) else _text(around.get("code")),
    )


def _located(message: str) -> str:
    """The field of the request that a server built with FastAPI says is wrong: ``'loc': ('body', 'seed', ...)``."""
    found = _LOCATION.search(message)
    return found[1] if found else ""


def real_status(status: int, error: OpenAIError) -> int:
    """The status that an error has by its body, for servers and gateways that reply with one of their own."""
    if status not in (200, 400, 500, 502):
        return status
    if status == 500 and _LOCATION.search(error.message):  # llama-cpp-python reports a field it does not take as this
        return 422
    if {error.code.lower(), error.kind.lower()} & _RATE_LIMITS:
        return 429
    codes = (int(each) for each in (error.code, error.details) if each.isdecimal() and len(each) == 3)
    return next((each for each in codes if each in _REAL), status)


def _said(value: Any) -> tuple[str, str]:
    """The message, and the places in the request that it is about where it is a list of faults, as FastAPI writes them
    (Mistral, vLLM, SGLang): ``{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}``."""
    faults = value.get("detail") if isinstance(value, Mapping) else value
    if not isinstance(faults, list) or not all(isinstance(each, Mapping) for each in faults):
        return _text(value), ""
    places = [".".join(map(str, loc)) if isinstance(loc := each.get("loc"), list) else "" for each in faults]
    said = [
        ": ".join(filter(None, (place, _text(each.get("msg"))))) for place, each in zip(places, faults, strict=True)
    ]
    return "; ".join(filter(None, said)) or _text(value), " ".join(filter(None, places))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def is_filter(error: OpenAIError, status: int = 400, filters: Sequence[str] = ()) -> bool:
    """Whether the provider's content filter blocked the request."""
    return _meaning(status, error, filters) is Meaning.FILTER


def _meaning(status: int, error: OpenAIError, filters: Sequence[str]) -> Meaning | None:
    if error.code == "invalid_prompt":  # a flagged prompt or a malformed one: only the message tells them apart
        return Meaning.FILTER if says_flagged(error.message) else None
    # The code may be a sentence (xAI) and the message may name the code (LiteLLM), so both are searched.
    text = f"{error.message} {error.code} {error.details}"
    return meaning_of(status, (error.code, error.kind, error.inner), text, filters)


def error_output(
    status: int, error: OpenAIError, headers: Mapping[str, str], call: Call, filters: Sequence[str] = ()
) -> Output:
    """Convert an error reply to an output: refused by the filter, or failed with the reason.

    ``filters``: further patterns of messages of a filter. The body decides before the status.
    """
    message = redact(error.message, call.secret)
    match _meaning(status, error, filters):
        case Meaning.FILTER:
            return Output.refused(RefusedBy.FILTER, message)
        case Meaning.BILLING:
            text = f"the account has no credit left ({message}): add credit with the provider, then resume the run"
            return Output.failed(FailureKind.RATE_LIMIT, text, fatal=True)
        case None if status == 403:
            return silent_403(message, call)
    if status == 404 and _NO_CHAT.search(error.message):
        other = option("model_settings", {"api": "responses"})
        text = f"the model is not in this API ({message}): use the other one, with {other}"
        return Output.failed(FailureKind.NOT_FOUND, text, fatal=True)
    return from_status(real_status(status, error), message, headers, call)
