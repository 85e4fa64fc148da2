"""Writes one form of a gate to a file."""

from __future__ import annotations

from pathlib import Path

from mmdt.disk.private import open_result
from mmdt.disk.whole import whole
from mmdt.errors import StoreError
from mmdt.safe_text.redaction import redact


def write_form(path: Path, text: str) -> None:
    """As a complete file or not at all; no key is in it. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part, open_result(part, "w", encoding="utf-8") as file:
            file.write(redact(text))
    except OSError as error:
        hint = "choose another file, or free disk space"
        raise StoreError(
            "the outcome of the gate cannot be written", where=f"{path}: {error.strerror}", hint=hint
        ) from error
