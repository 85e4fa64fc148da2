"""One process on a run folder: a second one is refused and told who is there."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from mmdt.engine.errors import disk_error
from mmdt.errors import StoreError


class RunLock:
    """Held by the process that writes to a run folder; the system releases it however that process ends."""

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock

        self._folder = folder
        # Beside the lock, not in it: some versions of filelock empty the file when a second process tries.
        self._holder = folder / "lock.holder"
        self._lock = FileLock(folder / "lock", timeout=0, thread_local=False)

    def acquire(self) -> Self:
        """Take the lock. Raises StoreError naming process and host when another one holds it."""
        from filelock import Timeout

        try:
            self._lock.acquire()
            self._holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since {_now()}", encoding="utf-8")
        except Timeout as error:
            hint = "wait until it ends, or stop it; reading (`mmdt report`) is possible meanwhile"
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


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
