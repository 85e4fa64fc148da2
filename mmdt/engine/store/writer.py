"""The single writer of a run's store. It commits the rows of many tasks together."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mmdt.core.observation import Observation
from mmdt.core.output import Output, Usage
from mmdt.engine.errors import sqlite_error
from mmdt.engine.store.codec import encode_observation, encode_output
from mmdt.engine.store.schema import FILE, size
from mmdt.errors import StoreError

ROWS = 500
"""Commit when this many rows are waiting ..."""
STEP = 100
"""Rows in one statement. With nine columns this stays below 999 values, which every SQLite accepts."""
DELAY = 0.05
"""... or when the oldest row has waited this many seconds."""
LOG_BYTES = 8 * 1024 * 1024
"""The write-ahead log is copied into the database when it reaches this size."""

# Answers and observations are never replaced, failures are.
_OUTPUTS = (
    "INSERT INTO outputs (n, repeat, status, key, body) VALUES {rows} ON CONFLICT (n, repeat) DO UPDATE"
    " SET status = excluded.status, key = excluded.key, body = excluded.body WHERE status = 'failed'"
)
_OBSERVATIONS = (
    "INSERT INTO observations (n, repeat, probe, role, evaluator, fingerprint, question, missing, body)"
    " VALUES {rows} ON CONFLICT (n, repeat, probe, fingerprint, question)"
    " DO UPDATE SET missing = excluded.missing, body = excluded.body WHERE missing = 1"
)
_SPENDING = (
    "INSERT INTO spending (model, requests, input_tokens, output_tokens, images, cost) VALUES {rows}"
    " ON CONFLICT (model) DO UPDATE SET requests = requests + excluded.requests,"
    " input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,"
    " images = images + excluded.images,"
    " cost = CASE WHEN excluded.cost IS NULL THEN cost ELSE coalesce(cost, 0) + excluded.cost END"
)
_STATEMENTS = (_OUTPUTS, _OBSERVATIONS, _SPENDING)


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


Row = tuple[Any, ...]


class Writer:
    """Accepts rows from the tasks of one event loop. Use it as a context manager: leaving it flushes.

    Commits run in the thread of the loop. One takes a few milliseconds, since in WAL mode it only appends to a file and
    does not wait for the disk. (In another thread, each statement would have to get the GIL back from a busy loop,
    which can take seconds.) Copying the log into the database does wait for the disk and runs in a thread. After a disk
    error, every further call raises the same StoreError; what was committed stays.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], folder: Path) -> None:
        self._folder = folder
        self._db = connect()
        self._db.execute("PRAGMA wal_autocheckpoint = 0")
        self._log = _Log(connect, folder)
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._rows: tuple[list[Row], ...] = ([], [], [])
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
        self._add(0, (trial.n, trial.repeat, str(output.status), key, encode_output(output)))

    def observation(self, trial: TrialKey, key: ObservationKey, observation: Observation) -> None:
        """Store one observation. Raises StoreError, and TypeError or ValueError if its value is not JSON."""
        columns = (trial.n, trial.repeat, key.probe, key.role, key.evaluator, key.fingerprint, key.question)
        self._add(1, (*columns, int(observation.missing), encode_observation(observation)))

    def spent(self, model: str, requests: int, usage: Usage) -> None:
        """Add to the spending of a model. Raises StoreError."""
        self._add(2, (model, requests, usage.input_tokens, usage.output_tokens, usage.images, usage.cost))

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
        if self.error:
            raise self.error
        self._rows[table].append(row)
        self._waiting += 1
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
        try:
            db.execute("BEGIN IMMEDIATE")
            for statement, rows in zip(_STATEMENTS, self._rows, strict=True):
                for start in range(0, len(rows), STEP):
                    _insert(db, statement, rows[start : start + STEP])
                rows.clear()
            db.execute("COMMIT")
        except (sqlite3.Error, OverflowError) as error:
            problem = error if isinstance(error, sqlite3.Error) else sqlite3.DataError(str(error))
            self.error = sqlite_error(problem, self._folder)
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise self.error from error
        self.committed += self._waiting
        self._waiting = 0


def _insert(db: sqlite3.Connection, statement: str, rows: list[Row]) -> None:
    """Insert many rows with one statement: SQLite releases the GIL for each statement, and getting it back from a busy
    evaluator's thread can take milliseconds."""
    marks = ",".join(["(" + ",".join("?" * len(rows[0])) + ")"] * len(rows))
    db.execute(statement.format(rows=marks), [value for row in rows for value in row])


class _Log:
    """Copies the write-ahead log into the database, in a separate thread, which may wait for the disk."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], folder: Path) -> None:
        self._db = connect()
        self._file = folder / f"{FILE}-wal"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mmdt-store")
        self._copying: Future[None] | None = None

    def copy_when_long(self) -> None:
        if (self._copying is None or self._copying.done()) and size(self._file) > LOG_BYTES:
            self._copying = self._thread.submit(self._copy)

    def _copy(self) -> None:
        # If this fails, the log just stays long and nothing is lost; a full disk shows at the next commit.
        with suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        self._thread.shutdown()
        self._db.close()
