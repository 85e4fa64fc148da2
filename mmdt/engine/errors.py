"""What goes wrong with disks and databases, as errors a user can act on; and the two ways a run is told to stop."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import Self

from mmdt.errors import StoreError

_FULL = "free some space (or a larger disk), then `mmdt resume`: what was committed is safe"
_READ_ONLY = "make the folder writable, or choose another one"

_BY_ERRNO = {
    errno.ENOSPC: ("the disk is full", _FULL),
    errno.EDQUOT: ("the disk quota is used up", _FULL),
    errno.EFBIG: ("the file has reached the largest size allowed here", _FULL),
    errno.EROFS: ("the folder is read-only", _READ_ONLY),
    errno.EACCES: ("the folder cannot be written", _READ_ONLY),
    errno.EPERM: ("the folder cannot be written", _READ_ONLY),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "choose another folder"),
    errno.ENOENT: ("the folder cannot be made here", "choose another folder"),
}

_BY_SQLITE = {
    sqlite3.SQLITE_FULL: ("the disk is full", _FULL),
    sqlite3.SQLITE_IOERR: ("the disk refuses to write (full, over a size limit, or failing)", _FULL),
    sqlite3.SQLITE_READONLY: ("the folder is read-only", _READ_ONLY),
    sqlite3.SQLITE_PERM: ("the folder cannot be written", _READ_ONLY),
    sqlite3.SQLITE_CANTOPEN: ("the store cannot be opened", _READ_ONLY),
    sqlite3.SQLITE_BUSY: ("another program holds the store", "close it and try again"),
    sqlite3.SQLITE_LOCKED: ("another program holds the store", "close it and try again"),
    sqlite3.SQLITE_CORRUPT: ("the store is damaged", "restore the run folder from a copy, or start a new run"),
    sqlite3.SQLITE_NOTADB: ("this is not a store of mmdt", "check the path"),
}


def disk_error(error: OSError, where: str | Path) -> StoreError:
    """The StoreError for what the operating system refused."""
    what, hint = _BY_ERRNO.get(error.errno or 0, (f"the folder cannot be used: {error.strerror}", "check the disk"))
    return StoreError(what, where=str(where), hint=hint)


def sqlite_error(error: sqlite3.Error, where: str | Path) -> StoreError:
    """The StoreError for what SQLite refused."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    what, hint = _BY_SQLITE.get(code, (f"the store cannot be used: {error}", "check the disk and the folder"))
    return StoreError(what, where=str(where), hint=hint)


class StopRun(Exception):  # noqa: N818 - a signal to stop, not a mistake
    """Ends the run cleanly; what is under way is finished and kept. Evaluators let it pass."""

    def fresh(self) -> Self:
        """An equal one to raise: a single one raised by many tasks would collect the tracebacks of them all."""
        return type(self)(*self.args)


class BudgetExceeded(StopRun):
    """The next request could go over the budget."""


class EndpointDead(StopRun):
    """No request to this model can succeed now; the message says why and what to do."""


class Awaiting(StopRun):
    """Everything is with the provider, in batches; the user does not want to wait for them."""
