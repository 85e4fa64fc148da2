"""Waiting until files are on the disk."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: str | Path) -> None:
    """Wait until a file is on the disk. Raises OSError. (Not for a database that is open: closing a file drops the
    locks that this process has on it.)"""
    number = os.open(path, os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_folder(path: str | Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can. Raises OSError."""
    if os.name != "posix":
        return
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
