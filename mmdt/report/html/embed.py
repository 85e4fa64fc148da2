"""Data inside an HTML page, escaped so that no text from a model or a dataset can become markup."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from mmdt.safe_text.redaction import redact

PLAIN_UP_TO = 1_000_000
"""JSON of up to this many characters stays readable in the page's source; longer JSON is compressed."""

_AS_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


@dataclass(frozen=True, slots=True)
class EmbeddedData:
    """The text of a script element that holds data, and its encoding: ``json`` or ``gzip`` (in base64)."""

    encoding: str
    text: str


def json_for_script(value: Any) -> str:
    """JSON that is safe inside a script element.

    It is ASCII without ``<``, ``>`` and ``&``: no end tag, comment, line separator or lone surrogate can occur.
    NaN and infinities, which JSON does not support, become null.
    """
    try:
        text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    except ValueError:
        text = json.dumps(_without_nan(value), ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.translate(_AS_ESCAPES)


def pack(value: Any) -> EmbeddedData:
    """Encode a value for a script element; long JSON is compressed."""
    text = redact(json_for_script(value))  # a page is redacted as it is written, which finds nothing in what is packed
    if len(text) <= PLAIN_UP_TO:
        return EmbeddedData("json", text)
    compressed = gzip.compress(text.encode("ascii"), compresslevel=6, mtime=0)  # no timestamp: same run, same file
    return EmbeddedData("gzip", base64.b64encode(compressed).decode("ascii"))


def csp_hash(text: str) -> str:
    """The source expression that allows exactly this inline script or style in a content security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    return value
