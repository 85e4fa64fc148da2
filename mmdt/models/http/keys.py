"""Keys: read from the environment when they are needed, kept nowhere else."""

from __future__ import annotations

import os

from mmdt.errors import UsageError
from mmdt.models.http.urls import is_local


def read_key(variable: str, url: str) -> str:
    """The key for ``url`` in that environment variable, empty where there is none.

    Raises UsageError, without the key, where it holds what no HTTP header can carry (a line break, a curly quote), and
    where it would travel unencrypted over a network that is not one's own.
    """
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        hint = "paste the key again, without quotes, spaces or line breaks"
        raise UsageError("the key holds a character that no key has", where=variable, hint=hint)
    if key and url.startswith("http:") and not is_local(url):
        hint = "use https, or name another variable with api_key_env (an unset one sends no key)"
        raise UsageError(f"the key in {variable} would travel unencrypted", where=url, hint=hint)
    return key
