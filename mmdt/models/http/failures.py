"""What every API runtime does with a call that brought no answer: HTTP statuses, Retry-After, keys kept out."""

from __future__ import annotations

import email.utils
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from mmdt.core.output import FailureKind, Output, Usage

_KEYS = re.compile(
    r"(?i)(bearer\s+|api[-_ ]?key[\"']?\s*[:=]\s*[\"']?)[^\s\"',;]+"  # written beside its name
    r"|\b(?:sk-|pk-|rk-|AIza|AKIA|ASIA|ABSK|bedrock-api-key-)[-_A-Za-z0-9*+/=]{8,}"  # by how the providers' keys begin
)
_LONGEST = 400
_LONGEST_WAIT = 24 * 3600.0


def redact(text: str, *secrets: str) -> str:
    """``text`` on one line, cut to a readable length, with keys replaced."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "[key]")
    line = " ".join(_KEYS.sub(lambda found: f"{found[1] or ''}[key]", text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait: ``retry-after-ms``, or ``Retry-After`` in seconds or as an HTTP date.

    None where neither is there or readable; never negative, a day at most.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = _number(headers.get(name, ""))
        if seconds is not None:
            return min(max(seconds * unit, 0.0), _LONGEST_WAIT)
    try:
        date = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(max(date.timestamp() - time.time(), 0.0), _LONGEST_WAIT)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, for the message when it fails.

    ``url`` has no query. ``key_name`` says where the key is (an environment variable); ``secret`` is the key itself,
    to be kept out of the message.
    """

    url: str
    key_name: str
    secret: str = field(default="", repr=False)


def from_status(status: int, message: str, headers: Mapping[str, str], call: Call) -> Output:
    """The failure that an HTTP status stands for, where the body says nothing more exact.

    400, 413 and 422 concern one request; 401, 403 and 404 concern them all.
    """
    wait = retry_after(headers)
    match status:
        case 401 | 403:
            text = f"the server refuses the key ({status} {message}): check the environment variable {call.key_name}"
            return Output.failed(FailureKind.AUTH, text, fatal=True)
        case 404:
            text = f"not found at {call.url} ({message}): check the model's name and the base URL"
            return Output.failed(FailureKind.NOT_FOUND, text, fatal=True)
        case 408:
            return Output.failed(FailureKind.TIMEOUT, message, retryable=True, retry_after=wait)
        case 429:
            return Output.failed(FailureKind.RATE_LIMIT, message, retryable=True, retry_after=wait)
        case 503 | 529:
            return Output.failed(FailureKind.OVERLOADED, message, retryable=True, retry_after=wait)
        case 409 | 425:
            return Output.failed(FailureKind.SERVER, message, retryable=True, retry_after=wait)
    if status >= 500:
        return Output.failed(FailureKind.SERVER, f"{status} {message}", retryable=True, retry_after=wait)
    if 300 <= status < 400:
        text = f"the server redirects to {headers.get('location', 'nowhere')}: use the final address as base URL"
        return Output.failed(FailureKind.NOT_FOUND, text, fatal=True)
    return Output.failed(FailureKind.BAD_REQUEST, f"{status} {message}")


def bad_reply(what: str) -> Output:
    """A reply that cannot be used, though the server thought it fine; another attempt may bring a whole one."""
    return Output.failed(FailureKind.BAD_REPLY, what, retryable=True)


def timed_out(url: str, seconds: float) -> Output:
    """No whole reply within the time for one attempt."""
    text = f"no whole reply from {url} within {seconds:g} s"
    return Output.failed(FailureKind.TIMEOUT, text, retryable=True)


def unreachable(url: str, error: BaseException, secret: str) -> Output:
    """The connection could not be made or broke off; ``error`` is the first cause."""
    reason = redact(f"{type(error).__name__} {error}", secret)
    if "WRONG_VERSION_NUMBER" in reason:  # what OpenSSL calls an answer in plain text
        reason += ": the server seems to speak http, not https"
    return Output.failed(FailureKind.NETWORK, f"no connection to {url}: {reason}", retryable=True)


def without(field: str) -> Output:
    """A request held a field that this endpoint turned out not to take: ask again without it, at once."""
    text = f"the server does not accept {field}; asked again without it"
    return Output.failed(FailureKind.BAD_REQUEST, text, retryable=True, retry_after=0.0)


def picture_for_text(usage: Usage) -> Output:
    """A picture and no word, though a question was asked."""
    text = "a picture came where text was due: if the model draws, its name misleads and the setting modality tells"
    return Output.failed(FailureKind.BAD_REPLY, text, retryable=True, usage=usage)


def empty(finish: str, usage: Usage) -> Output:
    """A well-formed reply without text. Where the token limit ended it, another attempt would end the same way."""
    if finish in ("length", "max_tokens", "max_output_tokens", "MAX_TOKENS"):
        text = "all tokens went before the answer began: raise max_tokens or lower the reasoning effort"
        return Output.failed(FailureKind.EMPTY, text, usage=usage)
    return Output.failed(
        FailureKind.EMPTY, f"the answer is empty (finish reason {finish})", retryable=True, usage=usage
    )


def no_key(key_name: str, service: str) -> Output:
    """The key is not in the environment."""
    text = f"no key for {service}: set the environment variable {key_name}, or name another with api_key_env"
    return Output.failed(FailureKind.AUTH, text, fatal=True)
