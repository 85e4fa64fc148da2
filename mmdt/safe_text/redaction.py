"""Keeps keys out of everything that is written: files, terminal, log.

Every part that reads a key says so with :func:`know`. Every string that came from outside passes :func:`redact` before
it is kept or shown: an endpoint can echo the key that it was sent, in any field and in other encodings.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

KEY = "[key]"
"""What stands in place of a key."""
SHORTEST = 8
"""Shorter keys stay: ``test`` or ``none``, as given to local servers, would be cut out of ordinary answers."""
_SURE = 16
"""Characters from which a value of letters only is no word."""

_NAMED = re.compile(r"(?i)(api_?key|access_?key|token|secret|passw(or)?d|credentials?)$|_key$")
_NO_SECRET = re.compile(r"(?i)(_|^)(public|access_key_id)")
_FIELD = re.compile(
    r"(?i)^(.*[-_. ])?(api[-_]?key|key|secret|password|passwd|authorization|proxy[-_]authorization|bearer|cookie"
    r"|credentials?|signature|sig|(auth|access|api|bearer|id|session|refresh|hf|security)[-_]?token|token)$"
)
_URL_LOGIN = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@\"']+@")
_URL_FIELD = re.compile(
    r"(?i)([?&](?:[a-z0-9_.-]*(?:key|token|secret|password|signature|credential)|sig|auth)=)[^&#\s\"']+"
)
_KEY_LIKE = re.compile(
    r"^(sk-|pk-|rk-|AIza|AKIA|ASIA|ABSK|gh[opsu]_|github_pat_|hf_|xai-|gsk_|glpat-|r8_|nvapi-|bedrock-api-key-|eyJ)"
    r"[-_A-Za-z0-9*+/=.]{8,}$"
)

_forms: dict[str, None] = {}
"""Every form of every key known, the longest first."""


def know(*keys: str) -> None:
    """From now on these keys and their encoded forms are replaced. Short ones and plain words are ignored."""
    global _forms  # noqa: PLW0603 - what one part of the process knows, all must know
    new = [form for key in keys if is_secret(key) and key not in _forms for form in _encodings(key)]
    if new:
        _forms = dict.fromkeys(sorted({*_forms, *new}, key=len, reverse=True))


def know_environment() -> None:
    """Know the value of every environment variable whose name says that it holds a key.

    Libraries read keys on their own (AWS's SDK, the hub, inspect's providers); this process may never see them pass.
    """
    for name, value in os.environ.items():
        if _NAMED.search(name) and not _NO_SECRET.search(name) and not value.startswith(("/", ".", "~")):
            know(value.strip())


def is_secret(text: str) -> bool:
    """Whether a key is long and odd enough to be told from an ordinary word."""
    if len(text) < SHORTEST:
        return False
    return len(text) >= _SURE or not (text.isalpha() and (text.islower() or text.isupper() or text.istitle()))


def looks_like_key(text: str) -> bool:
    """Whether a text has the form of a key that a provider hands out."""
    mixed = any(char.isdigit() for char in text) and any(char.islower() for char in text)
    return bool(_KEY_LIKE.match(text)) or (len(text) >= 24 and mixed and not re.search(r"[\s/]", text))


def redact(text: str) -> str:
    """``text`` with every form of every known key replaced; the same object where there is none."""
    for form in _forms:
        if form in text:
            text = text.replace(form, KEY)
    return text


def redact_value(value: Any) -> Any:
    """A JSON value with every text in it redacted, keys of objects included."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {redact_value(name): redact_value(item) for name, item in value.items()}
    return [redact_value(item) for item in value] if isinstance(value, list | tuple) else value


def without_logins(text: str) -> str:
    """``text`` without the user and the password of each URL in it."""
    return _URL_LOGIN.sub(r"\1", text)


def without_credentials(value: Any, name: str = "") -> Any:
    """A setting as it may be kept: text under a name such as ``api_key`` or ``Authorization`` is replaced, so are
    logins and signatures in URLs, and known keys. A reference to a variable (``$NAME``) stays."""
    if isinstance(value, Mapping):
        return {redact(str(key)): without_credentials(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_credentials(item, name) for item in value]
    if not isinstance(value, str) or (value.startswith("$") and value[1:].isidentifier()):
        return value
    if value and (is_credential_name(name) or looks_like_provider_key(value)):
        return KEY
    return redact(_URL_FIELD.sub(rf"\1{KEY}", without_logins(value)))


def is_credential_name(name: str) -> bool:
    """Whether a field of this name holds a credential."""
    return bool(_FIELD.match(name))


def looks_like_provider_key(text: str) -> bool:
    return bool(_KEY_LIKE.match(text.removeprefix("Bearer ").strip()))


def _encodings(key: str) -> Iterator[str]:
    """The key as it is, as in JSON, HTML and a URL, in base64 and in hexadecimal."""
    yield from {key, json.dumps(key)[1:-1], json.dumps(key)[1:-1].replace("/", "\\/"), html.escape(key)}
    yield from {quote(key, safe=""), quote(key), quote_plus(key), quote(key, safe="").lower()}
    data = key.encode()
    yield data.hex()
    yield data.hex().upper()
    # Base64 of a text that contains the key (such as "user:key") depends on where the key begins in it: the characters
    # that only the key decides are the same for each of the three places.
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"\0" * before + data).decode().rstrip("=")
            first, last = (0, 2, 3)[before], len(encoded) - (1 if (before + len(data)) % 3 else 0)
            if last - first >= SHORTEST:
                yield encoded[first:last]
