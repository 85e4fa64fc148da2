"""The store of a run: cases, outputs, observations and spending."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from mmdt.core.case import Case
from mmdt.core.cell import Selection
from mmdt.core.observation import Observation
from mmdt.core.output import Usage
from mmdt.engine.endpoint.budget import Sent, Spending
from mmdt.engine.errors import disk_error, sqlite_error
from mmdt.engine.store import schema
from mmdt.engine.store import trials as reading
from mmdt.engine.store.artifacts import Artifacts
from mmdt.engine.store.codec import decode_observation
from mmdt.engine.store.insert import CaseInserter, new_case
from mmdt.engine.store.lock import RunLock
from mmdt.engine.store.record import RecordFile, read_record
from mmdt.engine.store.trials import Trial, TrialState
from mmdt.engine.store.writer import KEPT, Kept, ObservationKey, TrialKey, Writer
from mmdt.errors import StoreError

__all__ = ["CellCounts", "Spending", "Store", "Trial", "TrialState"]

SENT = "store.sent"
"""The file with what was sent to each model, written before it is sent."""
_ROUNDING = 1e-9
"""Sums of costs in another order differ by less."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class CellCounts:
    """Counts of one cell. ``wanted``: trials (cases times repeats). Trials that are not answered, refused or failed
    have not been asked yet."""

    cases: int
    wanted: int
    answered: int = 0
    refused: int = 0
    failed: int = 0

    @property
    def asked(self) -> int:
        return self.answered + self.refused + self.failed


class Store:
    """The store of a run folder. Only one process at a time may open it for writing; any number may read meanwhile.

    Not thread-safe. Use it as a context manager, or call ``close``.
    """

    def __init__(self, folder: Path, *, write: bool, artifacts: str | Path | None = None) -> None:
        self.folder = folder
        self.artifacts = Artifacts(artifacts or folder.absolute() / "artifacts")
        self.before = 0.0
        """Seconds that the run worked before it was opened."""
        self._opened = time.monotonic()
        self._records: tuple[RecordFile[Kept], RecordFile[dict[str, Sent]]] | None = None
        self._lock = RunLock(folder).acquire() if write else None
        try:
            self._db = schema.connect(folder, write=write)
        except BaseException:
            self._release()
            raise

    @classmethod
    def create(cls, folder: Path, *, artifacts: str | Path | None = None) -> Self:
        """Create a new run folder and open it for writing.

        ``artifacts``: another place for the pictures, for example a bucket. Raises StoreError if there is a run
        already or the folder is not writable.
        """
        schema.create(folder)
        return cls(folder, write=True, artifacts=artifacts)

    @classmethod
    def open(
        cls, folder: Path, *, write: bool = False, create: bool = False, artifacts: str | Path | None = None
    ) -> Self:
        """Open an existing run. With ``create``, create its store if the process was killed before it did so.

        Raises StoreError if there is no run, it has another version, or (for writing) it is in use.
        """
        if create:
            schema.create(folder, exist_ok=True)
        if write and not (folder / schema.FILE).is_file():
            schema.connect(folder, write=False)  # raises: report the missing run before any problem with the lock
        return cls(folder, write=write, artifacts=artifacts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files and release the lock; may be called twice."""
        self.close_files()
        self._release()

    def close_files(self) -> None:
        """Close the files, which copies the log into the database, but keep the lock. Only ``close`` may follow."""
        self._db.close()
        for record in self._records or ():
            record.close()

    @property
    def elapsed(self) -> float:
        """Seconds that the run has worked, over all its parts."""
        return self.before + time.monotonic() - self._opened

    def writer(self) -> Writer:
        """The writer of this store, for the running event loop. Close it before the store."""
        self._check_writable()
        return Writer(
            lambda: schema.connect(self.folder, write=True), self.folder, sync=self.artifacts.sync, kept=self._keep
        )

    def sent(self, by_model: Mapping[str, Sent]) -> None:
        """Write down what was sent to each model, where a killed process leaves it. Raises StoreError."""
        self._written()[1].write(dict(by_model))

    def make_durable(self) -> None:
        """Wait until everything that was stored is on the disk. May run in another thread. Raises StoreError."""
        db = schema.connect(self.folder, write=True)
        try:
            self.artifacts.sync()
            db.execute("PRAGMA wal_checkpoint(FULL)").fetchall()
        except OSError as error:
            raise disk_error(error, self.folder) from error
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error
        finally:
            db.close()

    def book_lost(self) -> None:
        """Book what earlier processes had sent when they were killed, and nobody booked: each such request counts, at
        the highest cost so far. Raises StoreError."""
        booked = self.spent()
        with self.changing() as db:
            for model, sent in (read_record(self.folder / SENT, dict[str, Sent]) or {}).items():
                known = booked.get(model, Spending())
                requests, cost = sent.requests - known.requests, sent.cost - (known.usage.cost or 0.0)
                if requests > 0 or cost > _ROUNDING:
                    self._book(db, model, max(0, requests), Usage(cost=cost if cost > _ROUNDING else None))

    def book(self, used: Mapping[str, Usage]) -> None:
        """Book one request to each model, and what it used. Raises StoreError."""
        with self.changing() as db:
            for model, usage in used.items():
                self._book(db, model, 1, usage)

    @staticmethod
    def _book(db: sqlite3.Connection, model: str, requests: int, usage: Usage) -> None:
        query = (
            "INSERT INTO spending (model, requests, input_tokens, output_tokens, images, cost)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (model) DO UPDATE SET requests = requests + excluded.requests,"
            " input_tokens = input_tokens + excluded.input_tokens,"
            " output_tokens = output_tokens + excluded.output_tokens, images = images + excluded.images,"
            " cost = CASE WHEN excluded.cost IS NULL THEN cost ELSE coalesce(cost, 0) + excluded.cost END"
        )
        db.execute(query, (model, requests, usage.input_tokens, usage.output_tokens, usage.images, usage.cost))

    def add_cases(self, cases: Iterable[tuple[Case, int]]) -> int:
        """Store cases, each with its number of repeats; returns how many.

        All or nothing: a process killed meanwhile stores none. Pictures go to the artifacts. A case with the content
        of an earlier one becomes a separate case with a copy number. Raises StoreError.
        """
        with self.changing() as db:
            inserter = CaseInserter(db)
            inserter.add(new_case(case, repeats, self.artifacts) for case, repeats in cases)
        return inserter.count

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, rolled back on any exception. Keep it short while a writer is open. Raises StoreError."""
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

    def trials(
        self,
        selection: Selection | None = None,
        *,
        evaluators: Mapping[str, str] | None = None,
        check: bool = False,
        instead: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Iterator[Trial]:
        """Stream all trials of the selected cases, in the order in which the cases were added.

        ``evaluators`` maps a probe or a role to the fingerprint of the evaluator that counts. Observations by others
        are left out, since the results of two judges are never mixed. Without it the latest observation counts.
        ``instead``: cell -> role -> the fingerprint that counts in that cell, for outputs that it has looked at.
        With ``check``, each row is compared with its digest: one that was changed after it was stored becomes a failure
        that says so.
        """
        check = check and schema.has_digests(self._db)
        return self._reading(reading.read_trials(self._db, self.artifacts.bind, selection, evaluators, check, instead))

    def states(self, selection: Selection | None = None, *, after: int = -1) -> Iterator[TrialState]:
        """Stream what the store has of all trials of the selected cases. ``after``: only cases with a higher number."""
        return self._reading(reading.read_states(self._db, self.artifacts.bind, selection, after))

    def cases(self) -> Iterator[tuple[int, Case, int]]:
        """Stream (number, case, repeats) of all cases, in the order in which they were added."""
        return self._reading(reading.read_cases(self._db, self.artifacts.bind))

    def targets(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Stream (id, target) of all cases, in the order in which they were added. Cases share equal entries of their
        targets: leave them as they are."""
        return self._reading(reading.read_targets(self._db))

    def states_at(self, n: int) -> Iterator[TrialState]:
        """What the store has of the trials of case number ``n``."""
        return self._reading(reading.read_states_at(self._db, self.artifacts.bind, n))

    def trial_at(self, key: TrialKey, evaluators: Mapping[str, str]) -> Trial | None:
        """One trial with the observations of these evaluators (role -> fingerprint)."""
        found = iter([reading.read_trial_at(self._db, self.artifacts.bind, key, evaluators)])
        return next(self._reading(found))

    def asked_cases(self) -> set[int]:
        """The numbers of the cases that have an output, failed ones included."""
        return {n for (n,) in self._reading(iter(self._db.execute("SELECT DISTINCT n FROM outputs").fetchall()))}

    def observation(self, trial: TrialKey, key: ObservationKey) -> Observation | None:
        """The observation under a key, where there is one that is not missing."""
        query = """SELECT body FROM observations WHERE n = ? AND repeat = ? AND probe = ? AND fingerprint = ?
            AND question = ? AND missing = 0"""
        wanted = (trial.n, trial.repeat, key.probe, key.fingerprint, key.question)
        (found,) = next(self._reading(iter(self._db.execute(query, wanted).fetchall())), (None,))
        return None if found is None else decode_observation(found)

    def counts(self, selection: Selection | None = None) -> dict[str, CellCounts]:
        """The counts of each selected cell, by its address."""
        trials = "SELECT cell, count(*), sum(repeats) FROM cases GROUP BY cell"
        outputs = "SELECT cell, status, count(*) FROM outputs JOIN cases USING (n) GROUP BY cell, status"
        try:
            chosen = set(reading.cells(self._db, selection))
            found = {
                cell: CellCounts(cases, wanted) for cell, cases, wanted in self._db.execute(trials) if cell in chosen
            }
            for cell, status, number in self._db.execute(outputs):
                if cell in chosen:
                    found[cell] = replace(found[cell], **{status: number})
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error
        return found

    @property
    def asked(self) -> bool:
        """Whether any request was ever sent: an attempt was counted, or there is an output."""
        query = "SELECT EXISTS (SELECT 1 FROM outputs) OR EXISTS (SELECT 1 FROM spending)"
        try:
            return bool(self._db.execute(query).fetchone()[0])
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error

    def spent(self) -> dict[str, Spending]:
        """What each model has consumed over the life of the run, by model name."""
        query = "SELECT model, requests, input_tokens, output_tokens, images, cost FROM spending ORDER BY model"
        try:
            rows = self._db.execute(query).fetchall()
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error
        sent = read_record(self.folder / SENT, dict[str, Sent]) or {}
        return {model: Spending(requests, Usage(*usage), *_seen(sent.get(model))) for model, requests, *usage in rows}

    def kept(self) -> Kept:
        """What was on the disk for certain when a process last said so."""
        return read_record(self.folder / KEPT, Kept) or Kept()

    @property
    def db(self) -> sqlite3.Connection:
        """The connection, for reading. Closed by ``close``."""
        return self._db

    def answered_by(self) -> dict[str, int]:
        """Number of answers by the model name that the provider reported. Answers without a name are not counted."""
        query = """SELECT json_extract(body, '$.model') AS name, count(*) FROM outputs
            WHERE status = 'answered' AND name <> '' GROUP BY name ORDER BY count(*) DESC, name"""
        try:
            return dict(self._db.execute(query).fetchall())
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error

    def evaluators(self) -> dict[str, dict[str, str]]:
        """The evaluators that have made observations: role -> fingerprint -> name, the latest last."""
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
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            hint = "restore the run folder from a copy, or start a new run"
            raise StoreError(
                f"a row of the store cannot be read: {error}", where=str(self.folder), hint=hint
            ) from error

    def _written(self) -> tuple[RecordFile[Kept], RecordFile[dict[str, Sent]]]:
        if self._records is None:
            kept = RecordFile(self.folder / KEPT, Kept)
            self._records = kept, RecordFile(self.folder / SENT, dict[str, Sent])
        return self._records

    def _keep(self, kept: Kept) -> None:
        self._written()[0].write(msgspec.structs.replace(kept, seconds=self.elapsed))

    def _check_writable(self) -> None:
        if self._lock is None:
            raise StoreError("the run was opened for reading", where=str(self.folder), hint="open it with write=True")

    def _release(self) -> None:
        if self._lock:
            self._lock.release()


def _seen(sent: Sent | None) -> tuple[float | None, int, tuple[str, ...]]:
    """The highest cost of an attempt, how many were never priced, and the request fields that were left out."""
    return (sent.highest, sent.unpriced, sent.left_out) if sent else (None, 0, ())
