"""The single writer of a run's store. It commits the rows of many tasks together."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Self

import msgspec

from mmdt.core.observation import Observation
from mmdt.core.output import Output, Usage
from mmdt.disk.sync import sync_file
from mmdt.engine.endpoint.budget import Spending
from mmdt.engine.errors import sqlite_error
from mmdt.engine.store.codec import encode_observation, encode_output
from mmdt.engine.store.digests import row_digest
from mmdt.engine.store.schema import FILE, size
from mmdt.errors import StoreError

ROWS = 500
"""Commit when this many rows are waiting ..."""
STEP = 90
"""Rows in one statement. With ten columns this stays below 999 values, which every SQLite accepts."""
DELAY = 0.05
"""... or when the oldest row has waited this many seconds."""
KEPT = "store.kept"
"""The file with what is on the disk for certain: if the store has less, its log was lost."""
LOG_BYTES = 8 * 1024 * 1024
"""The write-ahead log is copied into the database when it reaches this size."""

# Answers and observations are never replaced, failures are.
_OUTPUTS = (
    "INSERT INTO outputs (n, repeat, status, key, body, digest) VALUES {rows} ON CONFLICT (n, repeat) DO UPDATE"
    " SET status = excluded.status, key = excluded.key, body = excluded.body, digest = excluded.digest"
    " WHERE status = 'failed'"
)
_OBSERVATIONS = (
    "INSERT INTO observations (n, repeat, probe, role, evaluator, fingerprint, question, missing, body, digest)"
    " VALUES {rows} ON CONFLICT (n, repeat, probe, fingerprint, question)"
    " DO UPDATE SET role = excluded.role, evaluator = excluded.evaluator, missing = excluded.missing,"
    " body = excluded.body, digest = excluded.digest WHERE missing = 1"
)
_SPENDING = (
    "INSERT INTO spending (model, requests, input_tokens, output_tokens, images, cost) VALUES {rows}"
    " ON CONFLICT (model) DO UPDATE SET requests = requests + excluded.requests,"
    " input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,"
    " images = images + excluded.images,"
    " cost = CASE WHEN excluded.cost IS NULL THEN cost ELSE coalesce(cost, 0) + excluded.cost END"
)
_STATEMENTS = (_OUTPUTS, _OBSERVATIONS, _SPENDING)
_COMMITS = (
    "INSERT INTO meta (key, value) VALUES ('commits', '1')"
    " ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)"
)
# Rows are never deleted, so the highest rowid is the number of rows.
_KEPT = (
    "SELECT (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'commits'),"
    " coalesce((SELECT max(rowid) FROM outputs), 0), coalesce((SELECT max(rowid) FROM observations), 0)"
)


@dataclass(frozen=True, slots=True)
class TrialKey:
    """Identifies a trial: the number ``n`` of its case in the store, and its ``repeat``, counted from 0."""

    n: int
    repeat: int


@dataclass(frozen=True, slots=True)
class ObservationKey:
    """Identifies an observation of an output: who observed it, and the hash of the question."""

    probe: str
    role: str
    evaluator: str
    fingerprint: str
    question: str


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is on the disk for certain: the number of transactions, and of rows in two tables. ``seconds``: how long the
    run has worked, over all its parts."""

    commits: int = 0
    outputs: int = 0
    observations: int = 0
    seconds: float = 0.0


Row = tuple[Any, ...]


class Writer:
    """Accepts rows from the tasks of one event loop. Use it as a context manager: leaving it flushes.

    Commits run in the thread of the loop. One takes a few milliseconds, since in WAL mode it only appends to a file and
    does not wait for the disk. (In another thread, each statement would have to get the GIL back from a busy loop,
    which can take seconds.) Waiting for the disk, so that a power cut loses nothing either, is left to a thread, which
    then calls ``kept`` with what is there for certain. After a disk error, every further call raises the same
    StoreError; what was committed stays.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        folder: Path,
        *,
        sync: Callable[[], None],
        kept: Callable[[Kept], None],
    ) -> None:
        """``sync`` waits until everything beside the database is on the disk."""
        self._folder = folder
        self._db = connect()
        self._db.execute("PRAGMA wal_autocheckpoint = 0")
        self._log = _Log(connect, folder, sync, kept)
        self._spent: dict[str, Spending] = {}
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._rows: tuple[list[Row], ...] = ([], [])
        self._kept = Kept()
        self._waiting = 0
        self._open = True
        self.error: StoreError | None = None
        self.committed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def output(self, trial: TrialKey, key: str, output: Output) -> None:
        """Store one output; a stored answer or refusal is not replaced. Raises StoreError."""
        row = (trial.n, trial.repeat, str(output.status), key, encode_output(output))
        self._add(0, (*row, row_digest("outputs", row)))

    def observation(self, trial: TrialKey, key: ObservationKey, observation: Observation) -> None:
        """Store one observation. Raises StoreError, and TypeError or ValueError if its value is not JSON."""
        columns = (trial.n, trial.repeat, key.probe, key.role, key.evaluator, key.fingerprint, key.question)
        row = (*columns, int(observation.missing), encode_observation(observation))
        self._add(1, (*row, row_digest("observations", row)))

    def spent(self, model: str, requests: int, usage: Usage) -> None:
        """Add to the spending of a model, in the transaction of the rows that are added with it. Raises StoreError."""
        before = self._spent.get(model)
        self._spent[model] = (before or Spending()).plus(requests, usage)
        self._begin_waiting(before is None)

    def flush(self) -> None:
        """Commit all rows added so far. Raises StoreError."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self.error:
            raise self.error
        if self._waiting:
            self._commit()
            self._log.copy_when_long()
            self._log.sync(self._kept)

    def close(self) -> None:
        """Flush and close, even if the flush raises StoreError; may be called twice."""
        if not self._open:
            return
        self._open = False
        try:
            self.flush()
        finally:
            self._log.close()
            self._db.close()

    def _add(self, table: int, row: Row) -> None:
        self._rows[table].append(row)
        self._begin_waiting(1)

    def _begin_waiting(self, rows: int) -> None:
        if self.error:
            raise self.error
        self._waiting += rows
        if self._waiting >= ROWS:
            self.flush()
        elif self._timer is None:
            self._timer = self._loop.call_later(DELAY, self._late)

    def _late(self) -> None:
        self._timer = None
        with suppress(StoreError):  # kept in self.error: the next call raises it
            self.flush()

    def _commit(self) -> None:
        db = self._db
        spent = [(model, each.requests, *astuple(each.usage)) for model, each in self._spent.items()]
        try:
            db.execute("BEGIN IMMEDIATE")
            for statement, rows in zip(_STATEMENTS, (*self._rows, spent), strict=True):
                for start in range(0, len(rows), STEP):
                    _insert(db, statement, rows[start : start + STEP])
                rows.clear()
            db.execute(_COMMITS)
            commits, outputs, observations = db.execute(_KEPT).fetchone()
            db.execute("COMMIT")
            self._spent.clear()
        except (sqlite3.Error, OverflowError) as error:
            problem = error if isinstance(error, sqlite3.Error) else sqlite3.DataError(str(error))
            self.error = sqlite_error(problem, self._folder)
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise self.error from error
        self._kept = Kept(commits, outputs, observations)
        self.committed += self._waiting
        self._waiting = 0


def _insert(db: sqlite3.Connection, statement: str, rows: list[Row]) -> None:
    """Insert many rows with one statement: SQLite releases the GIL for each statement, and getting it back from a busy
    evaluator's thread can take milliseconds."""
    marks = ",".join(["(" + ",".join("?" * len(rows[0])) + ")"] * len(rows))
    db.execute(statement.format(rows=marks), [value for row in rows for value in row])


class _Log:
    """What waits for the disk, in a separate thread: the write-ahead log is synced after every commit, and copied into
    the database when it is long."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        folder: Path,
        sync: Callable[[], None],
        kept: Callable[[Kept], None],
    ) -> None:
        self._db = connect()
        self._file = folder / f"{FILE}-wal"
        self._sync_rest, self._kept = sync, kept
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mmdt-store")
        self._copying: Future[None] | None = None
        self._syncing: Future[None] | None = None
        self._latest = Kept()

    def copy_when_long(self) -> None:
        if (self._copying is None or self._copying.done()) and size(self._file) > LOG_BYTES:
            self._copying = self._thread.submit(self._copy)

    def sync(self, kept: Kept) -> None:
        """Make sure that what was committed so far is on the disk, then record it. Does not wait."""
        self._latest = kept
        if self._syncing is None or self._syncing.done():
            self._syncing = self._thread.submit(self._sync)

    def _sync(self) -> None:
        done = None
        while done is not self._latest:
            done = self._latest
            # If this fails, only a power cut could lose anything; a full disk shows at the next commit.
            with suppress(OSError, StoreError):
                self._sync_rest()
                sync_file(self._file)
                self._kept(done)

    def _copy(self) -> None:
        # If this fails, the log just stays long and nothing is lost; a full disk shows at the next commit.
        with suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Wait until everything is on the disk, and close."""
        if self._latest.commits:
            self._thread.submit(self._sync)
        self._thread.submit(self._copy)
        self._thread.shutdown()
        self._db.close()
