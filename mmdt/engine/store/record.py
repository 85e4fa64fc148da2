"""A small record in a file of its own, which a killed process leaves whole."""

from __future__ import annotations

import os
import threading
import zlib
from pathlib import Path
from typing import Generic, Self, TypeVar

import msgspec

from mmdt.engine.errors import disk_error

T = TypeVar("T")

SLOT = 1 << 14
"""Bytes for each of the two copies; the file is sparse."""
_HEAD = 16


class RecordFile(Generic[T]):
    """Writes go to two slots in turn, each with a number and a checksum, so that one of them is always whole.

    A write takes microseconds: it goes to the system's memory, which outlives the process, and does not wait for the
    disk. Thread-safe. Raises StoreError on a disk error.
    """

    def __init__(self, path: Path, kind: type[T]) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._number = max((number for number, _ in _slots(path, kind)), default=0)
        try:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._file = os.open(path, flags, 0o600)
        except OSError as error:
            raise disk_error(error, path.parent) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, value: T) -> None:
        """Replace the record. Does nothing after ``close``."""
        data = msgspec.json.encode(value)
        with self._lock:
            if self._file < 0:
                return
            self._number += 1
            checked = self._number.to_bytes(8, "little") + len(data).to_bytes(4, "little") + data
            whole = checked[:12] + zlib.crc32(checked).to_bytes(4, "little") + data
            try:
                _write_at(self._file, whole, (self._number % 2) * SLOT)
            except OSError as error:
                raise disk_error(error, self._path.parent) from error

    def close(self) -> None:
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1


def read_record(path: Path, kind: type[T]) -> T | None:
    """The record as it was last written completely; None if there is none."""
    found = list(_slots(path, kind))
    return max(found, key=lambda slot: slot[0])[1] if found else None


def _slots(path: Path, kind: type[T]) -> list[tuple[int, T]]:
    try:
        data = path.read_bytes()
    except OSError:
        return []
    found = []
    for start in (0, SLOT):
        number, size = data[start : start + 8], data[start + 8 : start + 12]
        body = data[start + _HEAD : start + _HEAD + int.from_bytes(size, "little")]
        if not body or zlib.crc32(number + size + body) != int.from_bytes(data[start + 12 : start + 16], "little"):
            continue
        try:
            found.append((int.from_bytes(number, "little"), msgspec.json.decode(body, type=kind)))
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
    return found


def _write_at(number: int, data: bytes, place: int) -> None:
    if hasattr(os, "pwrite"):
        os.pwrite(number, data, place)
    else:  # Windows
        os.lseek(number, place, os.SEEK_SET)
        os.write(number, data)
