"""Files of a batch: the requests that are gathered for one, and the results that came of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from mmdt.engine.batches.book import Book
from mmdt.engine.errors import disk_error


class Gathering:
    """A file that requests are added to until it is handed over. Raises StoreError where the disk refuses."""

    def __init__(self, book: Book) -> None:
        self.mark = secrets.token_hex(16)
        self.path = book.requests(self.mark)
        self.bytes = 0
        self.keys: list[str] = []
        self.not_before = 0.0
        """By the loop's clock: when to hand it over again, after the provider was not ready for it."""
        self.strikes = 0
        try:
            self._file = self.path.open("wb")
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
        """All is on the disk."""
        try:
            self._file.close()
        except OSError as error:
            raise disk_error(error, self.path.parent) from error

    def discard(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


class Results:
    """A file of results, each found by the key of its request."""

    def __init__(self, path: Path, key: Callable[[bytes], str]) -> None:
        """Reads the whole file once; keeps where each line begins."""
        self._path = path
        self._places = dict(_places(path, key))

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def line(self, key: str) -> bytes:
        try:
            with self._path.open("rb") as file:
                file.seek(self._places[key])
                return file.readline()
        except OSError as error:
            raise disk_error(error, self._path.parent) from error


def _places(path: Path, key: Callable[[bytes], str]) -> Iterator[tuple[str, int]]:
    place = 0
    try:
        with path.open("rb") as file:
            for line in file:
                name = key(line) if line.strip() else ""
                if name:
                    yield name, place
                place += len(line)
    except OSError as error:
        raise disk_error(error, path.parent) from error
