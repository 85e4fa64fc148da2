"""Turns failed API calls into outputs: HTTP statuses, Retry-After, messages without keys."""

from __future__ import annotations

import email.utils
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mmdt.core.output import FailureKind, Output, Usage
from mmdt.models.http.proxies import proxy_login, through_proxy
from mmdt.safe_text.redaction import redact as redact_known
from mmdt.safe_text.redaction import without_logins
from mmdt.spelling import option

_KEYS = re.compile(
    r"(?i)(bearer\s+|api[-_ ]?key[\"']?\s*[:=]\s*[\"']?)[^\s\"',;]+"  # written after its name
    r"|\b(?:sk-|pk-|rk-|AIza|AKIA|ASIA|ABSK|bedrock-api-key-)[-_A-Za-z0-9*+/=]{8,}"  # by its prefix
)
_LONGEST = 400
_LONGEST_WAIT = 24 * 3600.0


def redact(text: str, *secrets: str) -> str:
    """``text`` on one line, cut to a readable length, with all keys replaced."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "[key]")
    text = without_logins(redact_known(text))
    line = " ".join(_KEYS.sub(lambda found: f"{found[1] or ''}[key]", text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait: ``retry-after-ms``, or ``Retry-After`` in seconds or as an HTTP date.

    None if neither is present and readable; never negative, at most a day.
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
    """What a failure message needs to know about the call.

    ``url``: without its query. ``key_name``: the environment variable with the key. ``secret``: the key itself, to be
    removed from the message. ``withheld``: the variable whose key was not sent, because it is not for this host.
    """

    url: str
    key_name: str
    secret: str = field(default="", repr=False)
    withheld: str = ""


def from_status(status: int, message: str, headers: Mapping[str, str], call: Call) -> Output:
    """The failure for an HTTP status, if the body is not more specific.

    400, 413 and 422 concern one request; 401, 403 and 404 concern all requests. An error in a reply with a status of
    success comes from a gateway, whose server failed. ``x-should-retry`` overrides the status, as it does in the SDKs
    of OpenAI and Anthropic.
    """
    return heeded(headers, _from_status(status, message, headers, call))


def heeded(headers: Mapping[str, str], output: Output) -> Output:
    """The output, retryable or not as the header ``x-should-retry`` says, where the server sends one."""
    said = headers.get("x-should-retry", "").strip().lower()
    failure = output.failure
    if failure is None or failure.fatal or said not in ("true", "false"):
        return output
    return replace(output, failure=replace(failure, retryable=said == "true"))


def _from_status(status: int, message: str, headers: Mapping[str, str], call: Call) -> Output:
    wait = retry_after(headers)
    status = 502 if status < 300 else status
    match status:
        case 401 | 402 | 403 | 407:
            return Output.failed(*_locked(status, message, call), fatal=True)
        case 404:
            text = f"not found at {call.url} ({message}): check the model's name and the base URL"
            return Output.failed(FailureKind.NOT_FOUND, text, fatal=True)
        case 408:
            return Output.failed(FailureKind.TIMEOUT, message, retryable=True, retry_after=wait)
        case 429:
            return Output.failed(FailureKind.RATE_LIMIT, message, retryable=True, retry_after=wait)
        case 503 | 529:
            text = f"{message}{through_proxy(call.url)}"
            return Output.failed(FailureKind.OVERLOADED, text, retryable=True, retry_after=wait)
        case 409 | 425:
            return Output.failed(FailureKind.SERVER, message, retryable=True, retry_after=wait)
    if status >= 500:
        text = f"{status} {message}{through_proxy(call.url)}"
        return Output.failed(FailureKind.SERVER, text, retryable=True, retry_after=wait)
    if 300 <= status < 400:
        location = redact(headers.get("location", "nowhere"), call.secret)
        text = f"the server redirects to {location}: use the final address as base URL"
        return Output.failed(FailureKind.NOT_FOUND, text, fatal=True)
    return Output.failed(FailureKind.BAD_REQUEST, f"{status} {message}")


def _locked(status: int, message: str, call: Call) -> tuple[FailureKind, str]:
    """What no request with this key, account or proxy can pass."""
    if status == 402:
        text = f"the account has no credit left ({message}): add credit with the provider, then resume the run"
        return FailureKind.RATE_LIMIT, text
    if status == 407:
        hint = "put user and password into the address of the proxy"
        return FailureKind.AUTH, f"the proxy wants a login ({message}){through_proxy(call.url)}: {hint}"
    return FailureKind.AUTH, _refused_key(status, message, call)


def _refused_key(status: int, message: str, call: Call) -> str:
    if call.secret or not call.withheld:
        return f"the server refuses the key ({status} {message}): check the environment variable {call.key_name}"
    return (
        f"the server wants a key ({status} {message}), and none was sent, because the key in {call.withheld} is not"
        f" for this host: to send it there, add {option('api_key_env', call.withheld)} (for a judge"
        f" {option('judge_api_key_env')}), or name another variable in the same way"
    )


def silent_403(message: str, call: Call) -> Output:
    """A 403 whose body speaks of neither content, nor keys, nor money.

    Before the endpoint has answered anything it most likely means the key; after that it concerns this request alone.
    """
    where = through_proxy(call.url)
    text = f"the server refuses the request (403 {message}){where}: if it goes on, check {call.key_name}"
    if call.withheld and not call.secret:
        text = _refused_key(403, message, call)
    return Output.failed(FailureKind.FORBIDDEN, text)


def declined(reason: str, usage: Usage) -> Output:
    """No picture, and no filter that says so. Another attempt may bring one; after the last one the model refused."""
    return Output.failed(FailureKind.DECLINED, f"no picture ({reason})", retryable=True, usage=usage)


def bad_reply(what: str, usage: Usage | None = None) -> Output:
    """A reply that cannot be used although its status is fine; another attempt may succeed. ``usage``: what it used all
    the same."""
    return Output.failed(FailureKind.BAD_REPLY, what, retryable=True, usage=usage)


def timed_out(url: str, seconds: float) -> Output:
    """No complete reply within the time for one attempt."""
    text = f"no complete reply from {url} within {seconds:g} s{through_proxy(url)}"
    return Output.failed(FailureKind.TIMEOUT, text, retryable=True)


def unreachable(url: str, error: BaseException, secret: str) -> Output:
    """The connection failed or was interrupted; ``error`` is the first cause."""
    reason = redact(f"{type(error).__name__} {error}", secret, proxy_login(url))
    if "WRONG_VERSION_NUMBER" in reason:  # OpenSSL's name for a plain-text answer
        reason += ": the server seems to speak http, not https"
    return Output.failed(FailureKind.NETWORK, f"no connection to {url}{through_proxy(url)}: {reason}", retryable=True)


def without(field: str) -> Output:
    """The endpoint does not accept a field of the request: retry at once without it."""
    text = f"the server does not accept {field}; retrying without it"
    return Output.failed(FailureKind.UNSUPPORTED, text, retryable=True, retry_after=0.0)


def picture_for_text(usage: Usage) -> Output:
    """The reply to a question has a picture and no text."""
    text = "the model returned a picture instead of text: if it is an image model, set the setting modality"
    return Output.failed(FailureKind.BAD_REPLY, text, retryable=True, usage=usage)


def empty(finish: str, usage: Usage) -> Output:
    """A well-formed reply without text. If the token limit ended it, another attempt would end in the same way."""
    if finish in ("length", "max_tokens", "max_output_tokens", "MAX_TOKENS"):
        text = "all tokens were used before the answer began: raise max_tokens or lower the reasoning effort"
        return Output.failed(FailureKind.EMPTY, text, usage=usage)
    return Output.failed(
        FailureKind.EMPTY, f"the answer is empty (finish reason {finish})", retryable=True, usage=usage
    )


def no_key(key_name: str, service: str, withheld: str = "") -> Output:
    """The key is not in the environment, or it is not for this host (``withheld``)."""
    other = option("api_key_env")
    text = f"no key for {service}: set the environment variable {key_name}, or name another one with {other}"
    if withheld:
        text = f"the key in {withheld} is not for this host: if it is {service}, add {option('api_key_env', withheld)}"
    return Output.failed(FailureKind.AUTH, text, fatal=True)
