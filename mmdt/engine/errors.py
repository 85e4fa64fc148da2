"""Disk and database errors that a user can act on, and the exceptions that stop a run."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import Self

from mmdt.errors import StoreError
from mmdt.spelling import verb

_FULL = "free some space or use a larger disk, then run {resume}: everything committed so far is safe"
_READ_ONLY = "make the folder writable, or choose another one"

_BY_ERRNO = {
    errno.ENOSPC: ("the disk is full", _FULL),
    errno.EDQUOT: ("the disk quota is used up", _FULL),
    errno.EFBIG: ("the file has reached the largest size allowed here", _FULL),
    errno.EROFS: ("the folder is read-only", _READ_ONLY),
    errno.EACCES: ("no permission to write to the folder", _READ_ONLY),
    errno.EPERM: ("no permission to write to the folder", _READ_ONLY),
    errno.ENOTDIR: ("part of the path is a file, not a folder", "choose another folder"),
    errno.ENOENT: ("the folder cannot be created here", "choose another folder"),
}

_BY_SQLITE = {
    sqlite3.SQLITE_FULL: ("the disk is full", _FULL),
    sqlite3.SQLITE_IOERR: ("writing to the disk failed (it is full, over a size limit or defective)", _FULL),
    sqlite3.SQLITE_READONLY: ("the folder is read-only", _READ_ONLY),
    sqlite3.SQLITE_PERM: ("no permission to write to the folder", _READ_ONLY),
    sqlite3.SQLITE_CANTOPEN: ("the store cannot be opened", _READ_ONLY),
    sqlite3.SQLITE_BUSY: ("another program has locked the store", "close it and try again"),
    sqlite3.SQLITE_LOCKED: ("another program has locked the store", "close it and try again"),
    sqlite3.SQLITE_CORRUPT: ("the store is damaged", "restore the run folder from a copy, or start a new run"),
    sqlite3.SQLITE_NOTADB: ("this file is not an mmdt store", "check the path"),
}


def disk_error(error: OSError, where: str | Path) -> StoreError:
    """The StoreError for an error of the operating system."""
    what, hint = _BY_ERRNO.get(error.errno or 0, (f"the folder cannot be used: {error.strerror}", "check the disk"))
    return StoreError(what, where=str(where), hint=hint.replace("{resume}", verb("resume")))


def sqlite_error(error: sqlite3.Error, where: str | Path) -> StoreError:
    """The StoreError for an error of SQLite."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    what, hint = _BY_SQLITE.get(code, (f"the store cannot be used: {error}", "check the disk and the folder"))
    return StoreError(what, where=str(where), hint=hint.replace("{resume}", verb("resume")))


class StopRun(Exception):  # noqa: N818 - a signal to stop, not an error
    """Stops the run cleanly: requests in flight are finished and stored. Evaluators must not catch it."""

    def fresh(self) -> Self:
        """A copy to raise. One instance raised by many tasks would collect the tracebacks of all of them."""
        return type(self)(*self.args)


class BudgetExceeded(StopRun):
    """The next request could go over the budget."""


class EndpointDead(StopRun):
    """No request to this model can succeed at the moment. The message says why and what to do."""


class AwaitingBatches(StopRun):
    """All requests are in batches at the provider, and the user does not want to wait for them."""
