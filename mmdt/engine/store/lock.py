"""Locks a run folder, so that only one process writes to it. A second one is refused with the name of the first."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from mmdt.disk.private import FILE, write_private
from mmdt.disk.whole import remove_abandoned
from mmdt.engine.errors import disk_error
from mmdt.errors import StoreError
from mmdt.spelling import verb

_HOLDER = re.compile(r"process (?P<process>\d{1,10}) on (?P<host>.*) since ")


class RunLock:
    """Held by the process that writes to a run folder. The system releases it however that process ends."""

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock

        self._folder = folder
        # A separate file: some versions of filelock truncate the lock file when a second process tries to lock it.
        self._holder = folder / "lock.holder"
        self._lock = FileLock(folder / "lock", timeout=0, thread_local=False, mode=FILE)

    def acquire(self) -> Self:
        """Take the lock. If another process holds it, raises StoreError with its id and host."""
        from filelock import Timeout

        try:
            self._lock.acquire()
            holder = f"process {os.getpid()} on {socket.gethostname()} since {_now()}"
            write_private(self._holder, holder.encode())
        except Timeout as error:
            hint = f"wait until it ends, or stop it; you can read the run meanwhile: {verb('report', self._folder)}"
            raise StoreError(f"{self._who()} is working on this run", where=str(self._folder), hint=hint) from error
        except OSError as error:
            self._lock.release()
            raise disk_error(error, self._folder) from error
        return self

    def release(self) -> None:
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            self._lock.release()

    def _who(self) -> str:
        try:
            return self._holder.read_text(encoding="utf-8") or "another process"
        except OSError:
            return "another process"


def is_unused(folder: Path, *, also: Collection[str] = ()) -> bool:
    """Whether there is nothing in the folder but what a process leaves that is killed as it begins: its lock, ``also``
    files of these names, and unfinished files of processes that are no more, which are removed."""
    remove_abandoned(folder)
    return {each.name for each in folder.iterdir()} <= {"lock", "lock.holder", *also}


def worked_on_by(folder: Path) -> str:
    """Who works on the run in the folder, in words; empty where nobody does. The lock itself is not touched.

    A killed process leaves its mark: on this machine such a mark counts for nothing.
    """
    try:
        said = (folder / "lock.holder").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    found = _HOLDER.match(said)
    if found is None:
        return ""
    here = found["host"] == socket.gethostname()
    return "" if here and not _is_alive(int(found["process"])) else said


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # there a signal of 0 would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
