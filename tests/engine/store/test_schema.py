"""Stores that are not there yet, or only in part."""

import sqlite3

import pytest

from mmdt.engine.store import schema
from mmdt.errors import StoreError


def empty_file(folder):
    (folder / schema.FILE).touch()


def no_tables(folder):
    db = sqlite3.connect(folder / schema.FILE)
    db.execute("PRAGMA journal_mode = WAL")
    db.close()


def no_file(folder):
    assert not (folder / schema.FILE).exists()


KILLED = [no_file, empty_file, no_tables]
"""What a process leaves that is killed as it creates a store."""


@pytest.mark.parametrize("leave", KILLED)
def test_what_a_killed_process_leaves_is_no_store_and_is_completed(tmp_path, leave):
    leave(tmp_path)
    assert not schema.is_created(tmp_path)
    with pytest.raises(StoreError, match=r"no run in this folder|stored nothing yet"):
        schema.connect(tmp_path, write=False)
    schema.create(tmp_path, exist_ok=True)
    assert schema.is_created(tmp_path)
    schema.connect(tmp_path, write=True).close()


def test_another_database_is_not_a_store_and_stays_as_it_is(tmp_path):
    db = sqlite3.connect(tmp_path / schema.FILE)
    db.execute("CREATE TABLE birds (name TEXT)")
    db.close()
    before = (tmp_path / schema.FILE).read_bytes()
    assert schema.is_created(tmp_path), "something is there: it is for connect to say what"
    with pytest.raises(StoreError, match="not an mmdt store"):
        schema.connect(tmp_path, write=False)
    assert (tmp_path / schema.FILE).read_bytes() == before


def test_a_file_that_is_no_database_is_an_error(tmp_path):
    (tmp_path / schema.FILE).write_bytes(b"not a database at all, but long enough to have a header" * 20)
    with pytest.raises(StoreError):
        schema.is_created(tmp_path)
