"""Whole: files and folders of a split that are there completely or not at all, whenever the process is killed."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_new(path: Path, data: bytes, *, instead: bool = False) -> None:
    """Write a file that only its owner can read. Raises FileExistsError where it is there, unless it is written
    ``instead`` of that one, and OSError where it cannot be written."""
    if not instead:
        _check_new(path)
    part = _part(path)
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder to write to that becomes ``out`` at the end; what is written there is removed on any exception, and what
    a killed process left by the next one. Raises FileExistsError where ``out`` is there, and OSError."""
    _check_new(out)
    part = _part(out)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        yield part
        part.rename(out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _check_new(path: Path) -> None:
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
