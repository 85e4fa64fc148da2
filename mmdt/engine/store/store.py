"""The store of a run: its cases, what the model did with them and what was seen in that."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from mmdt.core.case import Case
from mmdt.core.cell import Selection
from mmdt.core.output import Usage
from mmdt.engine.endpoint.budget import Spent
from mmdt.engine.errors import sqlite_error
from mmdt.engine.store import joined as reading
from mmdt.engine.store import schema
from mmdt.engine.store.adding import Adder, new_case
from mmdt.engine.store.artifacts import Artifacts
from mmdt.engine.store.joined import Joined, State
from mmdt.engine.store.lock import RunLock
from mmdt.engine.store.writer import Writer
from mmdt.errors import StoreError

__all__ = ["Count", "Joined", "Spent", "State", "Store"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Count:
    """What a cell holds. ``wanted`` counts askings (cases times repeats); what is in none of the other three is still
    to be asked."""

    cases: int
    wanted: int
    answered: int = 0
    refused: int = 0
    failed: int = 0

    @property
    def asked(self) -> int:
        return self.answered + self.refused + self.failed


class Store:
    """A run folder's store. Open it for writing in one process at a time; any number may read meanwhile.

    Not for several threads. Use as a context manager, or call ``close``.
    """

    def __init__(self, folder: Path, *, write: bool, artifacts: str | Path | None = None) -> None:
        self.folder = folder
        self.artifacts = Artifacts(artifacts or folder.absolute() / "artifacts")
        self._lock = RunLock(folder).acquire() if write else None
        try:
            self._db = schema.connect(folder, write=write)
        except BaseException:
            self._release()
            raise

    @classmethod
    def create(cls, folder: Path, *, artifacts: str | Path | None = None) -> Self:
        """Make a new run folder and open it for writing.

        ``artifacts`` puts the pictures elsewhere, for example into a bucket. Raises StoreError where there is a
        run already, or where nothing can be written.
        """
        schema.create(folder)
        return cls(folder, write=True, artifacts=artifacts)

    @classmethod
    def open(
        cls, folder: Path, *, write: bool = False, create: bool = False, artifacts: str | Path | None = None
    ) -> Self:
        """Open an existing run; with ``create``, make its store where its process was killed before there was one.

        Raises StoreError: absent, not a run, another version, or (for writing) in use.
        """
        if create:
            schema.create(folder, exist_ok=True)
        if write and not (folder / schema.FILE).is_file():
            schema.connect(folder, write=False)  # raises: the error about the absent run comes before any about locks
        return cls(folder, write=write, artifacts=artifacts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files and of the lock; may be called twice."""
        self._db.close()
        self._release()

    def writer(self) -> Writer:
        """The one writer of this store, for the running event loop; to be closed before the store."""
        self._check_writable()
        return Writer(lambda: schema.connect(self.folder, write=True), self.folder)

    def add_cases(self, cases: Iterable[tuple[Case, int]]) -> int:
        """Store cases, each with the number of times it is to be asked; returns how many.

        All or nothing: a process killed meanwhile leaves none. Pictures go to the artifacts. A case whose
        content was met before becomes a case of its own with a copy number. Raises StoreError.
        """
        with self.changing() as db:
            adder = Adder(db)
            adder.add(new_case(case, repeats, self.artifacts) for case, repeats in cases)
        return adder.count

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, to be short where a writer is at work. Raises StoreError; what else is raised undoes it."""
        self._check_writable()
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def joined(
        self, selection: Selection | None = None, *, evaluators: Mapping[str, str] | None = None
    ) -> Iterator[Joined]:
        """Every asking of every selected case, in the order in which the cases were added; streams.

        ``evaluators`` maps a probe or a role to the fingerprint of the evaluator that counts: observations by any
        other are left out (numbers of two judges are never mixed). Without it the latest one counts.
        """
        return self._reading(reading.joined(self._db, self.artifacts.bind, selection, evaluators))

    def states(self, selection: Selection | None = None, *, after: int = -1) -> Iterator[State]:
        """Every asking of every selected case with what is there already; streams. ``after``: the number of a case;
        only later ones are given."""
        return self._reading(reading.states(self._db, self.artifacts.bind, selection, after))

    def counts(self, selection: Selection | None = None) -> dict[str, Count]:
        """What each selected cell holds, by its address."""
        askings = "SELECT cell, count(*), sum(repeats) FROM cases GROUP BY cell"
        outputs = "SELECT cell, status, count(*) FROM outputs JOIN cases USING (n) GROUP BY cell, status"
        try:
            chosen = set(reading.cells(self._db, selection))
            found = {cell: Count(cases, wanted) for cell, cases, wanted in self._db.execute(askings) if cell in chosen}
            for cell, status, number in self._db.execute(outputs):
                if cell in chosen:
                    found[cell] = replace(found[cell], **{status: number})
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error
        return found

    @property
    def asked(self) -> bool:
        """Whether anything was ever asked: an attempt counted, or an output there."""
        query = "SELECT EXISTS (SELECT 1 FROM outputs) OR EXISTS (SELECT 1 FROM spending)"
        try:
            return bool(self._db.execute(query).fetchone()[0])
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error

    def spent(self) -> dict[str, Spent]:
        """What each model has consumed over the whole life of the run, by model name."""
        query = "SELECT model, requests, input_tokens, output_tokens, images, cost FROM spending ORDER BY model"
        try:
            return {model: Spent(requests, Usage(*usage)) for model, requests, *usage in self._db.execute(query)}
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error

    def answered_by(self) -> dict[str, int]:
        """How many outputs the provider says which model answered, by the name it gave; where it gave none, nothing."""
        query = """SELECT json_extract(body, '$.model') AS name, count(*) FROM outputs
            WHERE status = 'answered' AND name <> '' GROUP BY name ORDER BY count(*) DESC, name"""
        try:
            return dict(self._db.execute(query).fetchall())
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error

    def evaluators(self) -> dict[str, dict[str, str]]:
        """Who has observed: role -> fingerprint -> name, the latest last."""
        query = "SELECT role, fingerprint, evaluator FROM observations GROUP BY role, fingerprint ORDER BY max(rowid)"
        found: dict[str, dict[str, str]] = {}
        try:
            for role, fingerprint, name in self._db.execute(query):
                found.setdefault(role, {})[fingerprint] = name
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error
        return found

    def _reading(self, rows: Iterator[_T]) -> Iterator[_T]:
        try:
            yield from rows
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error
        except msgspec.MsgspecError as error:
            hint = "restore the run folder from a copy, or start a new run"
            raise StoreError(
                f"a row of the store cannot be read: {error}", where=str(self.folder), hint=hint
            ) from error

    def _check_writable(self) -> None:
        if self._lock is None:
            raise StoreError("the run was opened for reading", where=str(self.folder), hint="open it with write=True")

    def _release(self) -> None:
        if self._lock:
            self._lock.release()
