"""Fingerprints of evaluators: short hashes that change whenever an observation could."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Any

import msgspec


def fingerprint(*parts: Any) -> str:
    """A hash of JSON values (or bytes); 16 hexadecimal digits."""
    found = hashlib.sha256()
    for part in parts:
        encoded = part if isinstance(part, bytes) else msgspec.json.encode(part, order="sorted")
        found.update(len(encoded).to_bytes(8) + encoded)
    return found.hexdigest()[:16]


def source(name: str, package: str = "mmdt.evaluators") -> bytes:
    """The bytes of a file of a package: rules written as code are part of what decides an observation."""
    return (files(package) / name).read_bytes()
