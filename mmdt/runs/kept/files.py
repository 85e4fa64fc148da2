"""Kept scores as files of the cache folder: written whole, checked when they are read, and limited in number."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from mmdt.cache import cache_folder
from mmdt.disk.private import private_folder
from mmdt.disk.whole import write_whole

MOST_BYTES = 2 << 30
"""What all kept scores may take together; the oldest go first."""
LEAST = 1_000
"""Outputs of a run whose scores are worth keeping: with fewer, computing them takes about as long as the key."""
Kept = TypeVar("Kept")


def read(name: str, kind: type[Kept]) -> Kept | None:
    """What was kept under that name; None where nothing was, or what is there is damaged."""
    path = _folder() / name
    try:
        data = path.read_bytes()
        if hashlib.sha256(memoryview(data)[32:]).digest() != data[:32]:
            return None
        os.utime(path)
        return msgspec.msgpack.decode(memoryview(data)[32:], type=kind)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return None


def write(name: str, value: object) -> None:
    """Keep it, whole or not at all; a cache that cannot be written is left alone."""
    with suppress(OSError):
        folder = _folder()
        private_folder(folder)
        payload = msgspec.msgpack.encode(value)
        write_whole(folder / name, hashlib.sha256(payload).digest() + payload)
        _limit(folder)


def _folder() -> Path:
    return cache_folder() / "scores"


def _limit(folder: Path) -> None:
    stats = sorted(((each.stat(), each) for each in folder.iterdir()), key=lambda each: -each[0].st_mtime_ns)
    total = 0
    for stat, path in stats:
        total += stat.st_size
        if total > MOST_BYTES:
            path.unlink(missing_ok=True)
