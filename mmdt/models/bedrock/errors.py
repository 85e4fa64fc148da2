"""Convert errors from Bedrock and its SDK to outputs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mmdt.core.output import FailureKind, Output, RefusedBy
from mmdt.models.http.failures import Call, from_status, redact, retry_after
from mmdt.models.http.signals import Meaning, meaning_of

KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile, or AWS_BEARER_TOKEN_BEDROCK"
"""The sources of credentials that error messages name."""

_TRANSIENT = {
    "Throttling": FailureKind.RATE_LIMIT,
    "TooManyRequests": FailureKind.RATE_LIMIT,
    "ModelNotReady": FailureKind.OVERLOADED,
    "ServiceUnavailable": FailureKind.OVERLOADED,
    "ModelTimeout": FailureKind.TIMEOUT,
    "InternalServer": FailureKind.SERVER,
    "InternalFailure": FailureKind.SERVER,
    "ModelError": FailureKind.SERVER,
}
_REFUSED_KEYS = frozenset(
    {
        "ExpiredToken",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignature",
        "MissingAuthenticationToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
    }
)
# Wrong model names have no code of their own; only the message identifies them. (AWS writes "isn't" with either
# apostrophe.)
_NO_MODEL = re.compile(r"(?i)model identifier is invalid|does(n.t| not) support the model that you provided")
_NEEDS_PROFILE = re.compile(r"(?i)on-demand throughput (isn.t|is not) supported")


def error_output(error: Mapping[str, Any], model: str, region: str, call: Call, filters: Sequence[str] = ()) -> Output:
    """Convert a service error to an output; ``error`` is botocore's ``ClientError.response``, ``filters`` are further
    patterns of messages of a filter."""
    found, metadata = error.get("Error", {}), error.get("ResponseMetadata", {})
    status = int(metadata.get("HTTPStatusCode") or 500)
    headers: Mapping[str, str] = metadata.get("HTTPHeaders", {})
    code = re.sub(r"(Exception|Error)$", "", str(found.get("Code") or ""))
    message = _message(found.get("Message"))
    if meaning_of(status, (code,), message, filters) is Meaning.FILTER:
        return Output.refused(RefusedBy.FILTER, message)
    kind = _TRANSIENT.get(code)
    if code == "ServiceQuotaExceeded" or (kind is FailureKind.RATE_LIMIT and "per day" in message):
        text = f"the account has no quota left ({message}): resume the run tomorrow, or raise the quota with AWS"
        return Output.failed(FailureKind.RATE_LIMIT, text, fatal=True)
    if code == "ModelError" and 400 <= int(error.get("originalStatusCode") or 0) < 500:
        return Output.failed(FailureKind.BAD_REQUEST, f"the model rejected the request ({message})")
    if kind is not None:
        return Output.failed(kind, message, retryable=True, retry_after=retry_after(headers))
    return _fatal(code, message, model, region) or from_status(status, message, headers, call)


def _fatal(code: str, message: str, model: str, region: str) -> Output | None:
    """The failure if no other request could succeed either; None for all other errors."""
    if code in _REFUSED_KEYS:
        what, hint = f"the server refuses the key ({code} {message})", f"check {KEYS}, and the clock of this machine"
        return Output.failed(FailureKind.AUTH, f"{what}: {hint}", fatal=True)
    if code == "AccessDenied":
        hint = f"allow bedrock InvokeModel, enable the model in the Bedrock console of {region}, check {KEYS}"
        return Output.failed(FailureKind.AUTH, f"no access to {model} ({message}): {hint}", fatal=True)
    if code == "Validation" and _NEEDS_PROFILE.search(message):
        hint = f"use a profile instead, for example bedrock/us.{model} or bedrock/global.{model}"
        return Output.failed(
            FailureKind.NOT_FOUND, f"{model} is available through inference profiles only: {hint}", fatal=True
        )
    if code == "ResourceNotFound" or (code == "Validation" and _NO_MODEL.search(message)):
        what = f"{model} is not available in {region} ({message})"
        hint = "check the id (profiles begin with us., eu. or global.) and the region, or follow the message"
        return Output.failed(FailureKind.NOT_FOUND, f"{what}: {hint}", fatal=True)
    return None


def no_credentials(error: Exception) -> Output:
    """The failure if the SDK has no credentials or cannot refresh them."""
    text = f"no credentials for Amazon Bedrock ({redact(str(error))}): set {KEYS}, or log in with the AWS CLI"
    return Output.failed(FailureKind.AUTH, text, fatal=True)


def _message(text: Any) -> str:
    # A signature error repeats what was signed, including the session token.
    return redact(str(text or "no message").partition("\n")[0].partition("The Canonical String")[0])
