"""Files and folders that only their owner can read: answers, prompts and data of a run are nobody else's business."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

FOLDER = 0o700
FILE = 0o600
_RECORDS = ("manifest.json", "search.json")
"""What the folder of a run or a search holds."""


def private_folder(folder: Path) -> None:
    """Make the folder (and what leads to it), and close it to everybody else. Raises OSError if it cannot be made."""
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    with suppress(OSError):  # a file system without permissions, or a folder of somebody else's
        folder.chmod(FOLDER)


def open_private(path: str | Path) -> IO[bytes]:
    """Open a new or emptied file for writing bytes. Raises OSError."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), FILE)
    return os.fdopen(number, "wb")


def write_private(path: str | Path, data: bytes) -> None:
    """Write a file. Raises OSError."""
    with open_private(path) as file:
        file.write(data)


def touch_private(path: str | Path) -> None:
    """Make the file if there is none, and close it to others, before a library opens it. Raises OSError."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE))
    with suppress(OSError):
        Path(path).chmod(FILE)


def open_result(path: Path, mode: str, **options: Any) -> IO[Any]:
    """Open a report or an export for writing: private inside the folder of a run or a search, as the user's umask says
    elsewhere. Raises OSError."""
    if any((path.parent / each).exists() for each in _RECORDS):
        touch_private(path)
    return path.open(mode, **options)


@contextmanager
def private_files() -> Iterator[None]:
    """Whatever this process, and what it starts, creates meanwhile is closed to others: for libraries that write files
    of their own. (For all threads: no other one should be creating files that others must read.)"""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
