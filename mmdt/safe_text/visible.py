"""Text from outside, made fit for a terminal: a provider, a model's name or a file's name must not move the cursor,
hide a line or set the clipboard."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters but tab and line feed; marks that reorder text."""


def visible(text: str) -> str:
    """``text`` with every control character shown as its escape, such as ``\\x1b``."""
    return _CONTROL.sub(_escape, text)


def has_control(text: str) -> bool:
    """Whether ``visible`` would change anything."""
    return _CONTROL.search(text) is not None


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
