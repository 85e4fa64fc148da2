"""Inserts cases into a store. They are numbered in order, and each gets a unique id."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mmdt.core.case import Case
from mmdt.engine.store.artifacts import Artifacts
from mmdt.engine.store.codec import encode_case
from mmdt.engine.store.digests import row_digest
from mmdt.errors import DataError
from mmdt.spelling import option, verb

PAGE = 256
"""Cases read at a time."""
_INSERT = "INSERT OR IGNORE INTO cases (n, id, cell, repeats, body, digest) VALUES (?, ?, ?, ?, ?, ?)"
_PAGE = f"SELECT n, id, cell, repeats FROM cases WHERE n > ? ORDER BY n LIMIT {PAGE}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case with its number of repeats and its encoded body. Its pictures are in the artifacts."""

    case: Case
    repeats: int
    body: str


def new_case(case: Case, repeats: int, artifacts: Artifacts) -> NewCase:
    """Encode a case and put its pictures into the artifacts. Thread-safe. Raises StoreError on a disk error."""
    stored = case.map_images(artifacts.put)
    return NewCase(stored, repeats, encode_case(stored))


class CaseInserter:
    """Inserts cases in the order in which they are given. A case with the content of an earlier one becomes a separate
    case with a copy number; the same cases in the same order always get the same numbers.

    ``again``: the cases that are already in the store are given first, unchanged. They are skipped.
    """

    def __init__(self, db: sqlite3.Connection, *, again: bool = False) -> None:
        self._db = db
        self._copies: dict[str, int] = {}
        self._stored: Iterator[tuple[str, str, int]] | None = _stored(db) if again else None
        self._last = -1
        self.count = 0
        """Number of cases given so far."""

    def add(self, cases: Iterable[NewCase]) -> list[NewCase]:
        """Insert the new cases among these, in the caller's transaction, and return them. Raises DataError if a case
        differs from the stored one with its number."""
        added = []
        for new in cases:
            self.count += 1
            if not self._is_stored(new):
                self._insert(new)
                added.append(new)
        return added

    def end(self) -> None:
        """All cases were given. Raises DataError if the store has more."""
        if self._stored is not None and next(self._stored, None) is not None:
            raise _changed(f"it has {self.count:,} cases now, and the run began with more")

    def _is_stored(self, new: NewCase) -> bool:
        found = next(self._stored, None) if self._stored is not None else None
        if found is None:
            self._stored = None
            return False
        name, cell, repeats = found
        case = new.case
        copy = name.removeprefix(f"{case.id}-")
        if (cell, repeats) != (str(case.cell), new.repeats) or not (name == case.id or copy.isdecimal()):
            raise _changed(f"case number {self.count:,} is a different one now")
        if name != case.id:
            self._copies[case.id] = int(copy)
        return True

    def _insert(self, new: NewCase) -> None:
        case = new.case
        name, row = case.id, (str(case.cell), new.repeats, new.body)
        while not self._inserted((self._next_number(), name, *row)):
            self._copies[case.id] = self._copies.get(case.id, 1) + 1
            name = case.copy_number(self._copies[case.id]).id
        self._last += 1

    def _next_number(self) -> int:
        if self._last < 0:
            self._last = self._db.execute("SELECT coalesce(max(n), 0) FROM cases").fetchone()[0]
        return self._last + 1

    def _inserted(self, row: tuple[int, str, str, int, str]) -> bool:
        return self._db.execute(_INSERT, (*row, row_digest("cases", row))).rowcount > 0


def _stored(db: sqlite3.Connection) -> Iterator[tuple[str, str, int]]:
    """Id, cell and repeats of every stored case, in order. No statement stays open between pages."""
    after = -1
    while rows := db.execute(_PAGE, (after,)).fetchall():
        for n, name, cell, repeats in rows:
            yield name, cell, repeats
            after = n


def _changed(how: str) -> DataError:
    hint = f"restore the data, or start a new run that reuses the answers: {verb('run', '...', reuse=['FOLDER'])}"
    return DataError(f"the data has changed since the run began: {how}", where=option("data"), hint=hint)
