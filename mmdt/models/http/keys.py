"""Reads API keys from the environment when they are needed. They are stored nowhere."""

from __future__ import annotations

import os

from mmdt.errors import UsageError
from mmdt.models.http.urls import is_local


def read_key(variable: str, url: str) -> str:
    """The key for ``url`` in the environment variable; empty if there is none.

    Raises UsageError, without the key in the message, if the key has characters that an HTTP header cannot contain (a
    line break, a curly quote) or would be sent unencrypted over a public network.
    """
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        hint = "paste the key again, without quotes, spaces or line breaks"
        raise UsageError("the key contains an invalid character", where=variable, hint=hint)
    if key and url.startswith("http:") and not is_local(url):
        hint = "use https, or name another variable with api_key_env (if it is unset, no key is sent)"
        raise UsageError(f"the key in {variable} would be sent unencrypted", where=url, hint=hint)
    return key
