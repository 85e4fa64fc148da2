"""Cases on their way into a store: numbered in their order, each with a name of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mmdt.core.case import Case
from mmdt.engine.store.artifacts import Artifacts
from mmdt.engine.store.codec import encode_case
from mmdt.errors import DataError

PAGE = 256
"""Cases read at a time."""
_INSERT = "INSERT OR IGNORE INTO cases (id, cell, repeats, body) VALUES (?, ?, ?, ?)"
_PAGE = f"SELECT n, id, cell, repeats FROM cases WHERE n > ? ORDER BY n LIMIT {PAGE}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to be asked ``repeats`` times, and what the store keeps of it; its pictures are in the artifacts."""

    case: Case
    repeats: int
    body: str


def new_case(case: Case, repeats: int, artifacts: Artifacts) -> NewCase:
    """Puts the pictures into the artifacts; any thread may do so. Raises StoreError where the disk refuses."""
    stored = replace(case, images=tuple(map(artifacts.put, case.images))) if case.images else case
    return NewCase(stored, repeats, encode_case(stored))


class Adder:
    """Adds cases in the order in which they come. A content that was met before becomes a case of its own with a copy
    number, the same one whenever the same cases come in the same order.

    ``again``: the cases that are in the store already come first, as they were; they are passed over.
    """

    def __init__(self, db: sqlite3.Connection, *, again: bool = False) -> None:
        self._db = db
        self._copies: dict[str, int] = {}
        self._there: Iterator[tuple[str, str, int]] | None = _stored(db) if again else None
        self.count = 0
        """How many have come."""

    def add(self, cases: Iterable[NewCase]) -> list[NewCase]:
        """Those that were not there yet, now inserted, in the caller's transaction. Raises DataError where another
        case stands in the place of one."""
        added = []
        for new in cases:
            self.count += 1
            if not self._was_there(new):
                self._insert(new)
                added.append(new)
        return added

    def end(self) -> None:
        """No more will come. Raises DataError where the store has more than came."""
        if self._there is not None and next(self._there, None) is not None:
            raise _changed(f"it has {self.count:,} cases, the run began with more")

    def _was_there(self, new: NewCase) -> bool:
        found = next(self._there, None) if self._there is not None else None
        if found is None:
            self._there = None
            return False
        name, cell, repeats = found
        case = new.case
        copy = name.removeprefix(f"{case.id}-")
        if (cell, repeats) != (str(case.cell), new.repeats) or not (name == case.id or copy.isdecimal()):
            raise _changed(f"its case number {self.count:,} is another one")
        if name != case.id:
            self._copies[case.id] = int(copy)
        return True

    def _insert(self, new: NewCase) -> None:
        case = new.case
        name, row = case.id, (str(case.cell), new.repeats, new.body)
        while self._db.execute(_INSERT, (name, *row)).rowcount == 0:
            self._copies[case.id] = self._copies.get(case.id, 1) + 1
            name = case.copy_number(self._copies[case.id]).id


def _stored(db: sqlite3.Connection) -> Iterator[tuple[str, str, int]]:
    """Name, cell and repeats of every case in the store, in order; no statement stays open between pages."""
    after = -1
    while rows := db.execute(_PAGE, (after,)).fetchall():
        for n, name, cell, repeats in rows:
            yield name, cell, repeats
            after = n


def _changed(how: str) -> DataError:
    hint = "restore the data, or start a new run that takes over what was answered: mmdt run ... --reuse FOLDER"
    return DataError(f"the data has changed since the run began: {how}", where="--data", hint=hint)
