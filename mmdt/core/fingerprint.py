"""Fingerprints of evaluators: short hashes that change whenever an observation could change."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec


def fingerprint(*parts: Any) -> str:
    """A hash of JSON values (or bytes); 16 hexadecimal digits."""
    found = hashlib.sha256()
    for part in parts:
        encoded = part if isinstance(part, bytes) else msgspec.json.encode(part, order="sorted")
        found.update(len(encoded).to_bytes(8) + encoded)
    return found.hexdigest()[:16]
