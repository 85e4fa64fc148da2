"""Keys: read from the environment when they are needed, kept nowhere else."""

from __future__ import annotations

import os

from mmdt.errors import UsageError


def read_key(variable: str) -> str:
    """The key in that environment variable, empty where there is none.

    Raises UsageError, without the key, where it holds what no HTTP header can carry (a line break, a curly quote).
    """
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        cure = "paste the key again, without quotes, spaces or line breaks"
        raise UsageError("the key holds a character that no key has", where=variable, cure=cure)
    return key
