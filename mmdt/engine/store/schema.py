"""The tables of a run's store, and connections to it."""

from __future__ import annotations

import os
import sqlite3
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from mmdt.disk.private import private_folder, touch_private
from mmdt.engine.errors import disk_error, sqlite_error
from mmdt.engine.store.digests import COLUMNS
from mmdt.errors import StoreError
from mmdt.spelling import verb

VERSION = 1
"""Incremented whenever the tables or the bodies in them change their meaning."""
FILE = "store.sqlite"

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- digest, in each table: the SHA-256 of the row's other columns, written with the row (see digests.py); NULL in rows
-- that an older mmdt wrote
-- n counts the cases in the order in which they were loaded; repeats says how often each is asked
CREATE TABLE cases (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    cell TEXT NOT NULL,
    repeats INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest BLOB
);
CREATE INDEX cases_by_cell ON cases (cell, n);

-- key is the content key: the same model, settings, request and seed have the same key in every run
CREATE TABLE outputs (
    n INTEGER NOT NULL,
    repeat INTEGER NOT NULL,
    status TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    digest BLOB,
    UNIQUE (n, repeat)
);

-- question is the hash of what was asked about the output; missing is 1 where nothing could be observed
CREATE TABLE observations (
    n INTEGER NOT NULL,
    repeat INTEGER NOT NULL,
    probe TEXT NOT NULL,
    role TEXT NOT NULL,
    evaluator TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    question TEXT NOT NULL,
    missing INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest BLOB,
    UNIQUE (n, repeat, probe, fingerprint, question)
);

-- what each model has consumed over the whole life of the run, failed attempts included, booked in the transaction that
-- stores what came of it; cost in US dollars
CREATE TABLE spending (
    model TEXT PRIMARY KEY,
    requests INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    images INTEGER NOT NULL,
    cost REAL
) WITHOUT ROWID;
"""


def create(folder: Path, *, exist_ok: bool = False) -> None:
    """Create the folder and the tables. Raises StoreError if there is a run already (unless ``exist_ok``) or the folder
    is not writable."""
    file = folder / FILE
    try:
        private_folder(folder)
        touch_private(file)  # SQLite gives its other files the same permissions
    except OSError as error:
        raise disk_error(error, folder) from error
    db = None
    try:
        db = _connect(f"file:{quote(os.fsencode(file))}", write=True)
        if _has_tables(db):
            if exist_ok:
                return
            hint = f"resume it with {verb('resume', folder)}, or choose another folder"
            raise StoreError("this folder already holds a run", where=str(folder), hint=hint)
        meta = f"INSERT INTO meta VALUES ('schema', '{VERSION}'), ('mmdt', '{version('mmdt')}');"  # noqa: S608
        db.executescript(f"BEGIN; {_TABLES} {meta} COMMIT;")  # all or nothing, in case the process is killed here
    except sqlite3.Error as error:
        raise sqlite_error(error, folder) from error
    finally:
        if db is not None:
            db.close()


def is_created(folder: Path) -> bool:
    """Whether the folder has a store. A process that is killed as it creates one may leave a file without tables, which
    is none yet: ``create`` completes it. Raises StoreError if the file cannot be read."""
    if not (folder / FILE).is_file():
        return False
    try:
        db = _open(folder, write=False)
        try:
            return not _is_empty(db)
        finally:
            db.close()
    except sqlite3.Error as error:
        raise sqlite_error(error, folder) from error


def connect(folder: Path, *, write: bool) -> sqlite3.Connection:
    """Connect to an existing store and check its version. Raises StoreError."""
    file = folder / FILE
    if not file.is_file():
        raise StoreError(
            "there is no run in this folder",
            where=str(folder),
            hint=f"check the path, or start with {verb('run', 'MODEL')}",
        )
    try:
        db = _open(folder, write=write)
        _check_version(db, folder)
        if write:
            _add_digests(db)
    except sqlite3.Error as error:
        raise sqlite_error(error, folder) from error
    return db


def _open(folder: Path, *, write: bool) -> sqlite3.Connection:
    file = folder / FILE
    address = f"file:{quote(os.fsencode(file))}?mode={'rw' if write else 'ro'}"
    try:
        return _connect(address, write=write)
    except sqlite3.OperationalError:
        if write or size(Path(f"{file}-wal")):
            raise
        # A finished run on a read-only disk: the extra files of WAL mode cannot be created, and are not needed.
        return _connect(f"{address}&immutable=1", write=False)


def has_digests(db: sqlite3.Connection) -> bool:
    """Whether the rows have digests: the stores of early versions have none until a later one writes to them."""
    return all("digest" in {name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")} for table in COLUMNS)


def _add_digests(db: sqlite3.Connection) -> None:
    """Let the rows of a store of an early version have digests. The version stays: older ones can read it."""
    if has_digests(db):
        return
    for table in COLUMNS:
        names = {name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")}
        if "digest" not in names:
            db.execute(f"ALTER TABLE {table} ADD COLUMN digest BLOB")


def _connect(address: str, *, write: bool) -> sqlite3.Connection:
    db = sqlite3.connect(address, uri=True, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        if write:
            db.execute("PRAGMA journal_mode = WAL")
            # In WAL mode nothing is lost when the process is killed; only a power cut can lose the last commits.
            db.execute("PRAGMA synchronous = NORMAL")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        db.close()
        raise
    return db


def _is_empty(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def _has_tables(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is not None


def _check_version(db: sqlite3.Connection, folder: Path) -> None:
    if not _has_tables(db):
        what = "the run has stored nothing yet" if _is_empty(db) else "this is not an mmdt store"
        db.close()
        raise StoreError(what, where=str(folder / FILE), hint="delete the file and run again")
    found = dict(db.execute("SELECT key, value FROM meta").fetchall())
    if found.get("schema") != str(VERSION):
        db.close()
        raise StoreError(
            f"the store has version {found.get('schema', 'unknown')}, this mmdt reads version {VERSION}",
            where=str(folder),
            hint=f"open it with the mmdt that created it (mmdt=={found.get('mmdt', '?')}), or start a new run",
        )


def size(path: Path) -> int:
    """Size of a file in bytes; zero if there is no file."""
    return path.stat().st_size if path.exists() else 0
