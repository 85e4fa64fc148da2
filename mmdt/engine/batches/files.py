"""The two files of a batch: its requests and its results."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from mmdt.disk.private import open_private
from mmdt.engine.batches.ledger import BatchLedger
from mmdt.engine.errors import disk_error


class RequestFile:
    """A file that requests are added to until it is submitted. Raises StoreError on a disk error."""

    def __init__(self, ledger: BatchLedger) -> None:
        self.mark = secrets.token_hex(16)
        self.path = ledger.requests(self.mark)
        self.bytes = 0
        self.keys: list[str] = []
        self.not_before = 0.0
        """Earliest time for the next attempt to submit it, by the loop's clock."""
        self.failures = 0
        """How many attempts to submit it have failed."""
        try:
            self._file = open_private(self.path)
        except OSError as error:
            raise disk_error(error, self.path.parent) from error

    def add(self, key: str, line: bytes) -> None:
        try:
            self._file.write(line)
            self._file.write(b"\n")
        except OSError as error:
            raise disk_error(error, self.path.parent) from error
        self.keys.append(key)
        self.bytes += len(line) + 1

    def finish(self) -> None:
        """Close the file: no more requests will be added."""
        try:
            self._file.close()
        except OSError as error:
            raise disk_error(error, self.path.parent) from error

    def discard(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


class ResultFile:
    """A file of results, looked up by the key of the request."""

    def __init__(self, path: Path, key: Callable[[bytes], str]) -> None:
        """Read the whole file once and remember the offset of each line. ``key``: the key of a line."""
        self._path = path
        self._offsets = dict(_offsets(path, key))

    def __contains__(self, key: str) -> bool:
        return key in self._offsets

    def line(self, key: str) -> bytes:
        try:
            with self._path.open("rb") as file:
                file.seek(self._offsets[key])
                return file.readline()
        except OSError as error:
            raise disk_error(error, self._path.parent) from error


def _offsets(path: Path, key: Callable[[bytes], str]) -> Iterator[tuple[str, int]]:
    offset = 0
    try:
        with path.open("rb") as file:
            for line in file:
                name = key(line) if line.strip() else ""
                if name:
                    yield name, offset
                offset += len(line)
    except OSError as error:
        raise disk_error(error, path.parent) from error
