"""Reuses the answers of earlier runs, so that no request is paid for twice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Self

from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo
from mmdt.engine.endpoint.reasoning import reasoning_apart
from mmdt.engine.errors import sqlite_error
from mmdt.engine.pipeline.build_request import request_for
from mmdt.engine.store import schema
from mmdt.engine.store.artifacts import Artifacts
from mmdt.engine.store.codec import content_key, decode_output
from mmdt.engine.store.digests import COLUMNS, row_digest
from mmdt.engine.store.store import Store, TrialState
from mmdt.errors import DataError

# In the temporary database of the connection: stores have no index by key, since only this needs one.
_INDEX = """
CREATE TEMP TABLE answers (key TEXT PRIMARY KEY, place INTEGER) WITHOUT ROWID;
INSERT OR IGNORE INTO temp.answers SELECT key, rowid FROM outputs WHERE status <> 'failed';
"""

YIELD_EVERY = 64
"""Trials looked up before the event loop gets a turn."""


class EarlierRun:
    """The answers and refusals of an earlier run, by content key. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._artifacts = Artifacts(folder.absolute() / "artifacts")
        self._db = schema.connect(folder, write=False)
        columns = ", ".join(f"outputs.{name}" for name in COLUMNS["outputs"])
        digest = "digest" if schema.has_digests(self._db) else "NULL"
        self._query = (
            f"SELECT {columns}, {digest} FROM temp.answers JOIN outputs ON outputs.rowid = place"  # noqa: S608
            " WHERE answers.key = ?"
        )
        try:
            self._db.executescript(_INDEX)
        except sqlite3.Error as error:
            self._db.close()
            raise sqlite_error(error, folder) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def find(self, key: str) -> Output | None:
        """The output with this content key, its pictures in the artifacts of the earlier run; None also for one that
        was changed after it was stored. Raises StoreError."""
        try:
            row = self._db.execute(self._query, (key,)).fetchone()
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error
        if row is None:
            return None
        *columns, digest = row
        if digest is not None and row_digest("outputs", columns) != digest:
            return None
        output = reasoning_apart(decode_output(columns[-1]))  # runs of an older mmdt kept both together
        return replace(output, images=tuple(map(self._artifacts.bind, output.images)))


def check_sources(folders: Sequence[str]) -> None:
    """Raises StoreError if one of these folders holds no run that this version can read."""
    for folder in folders:
        schema.connect(Path(folder), write=False).close()


async def reuse_outputs(store: Store, folders: Sequence[str], info: ModelInfo, seed: int) -> Mapping[str, int]:
    """Copy outputs for the trials of ``store`` from the runs in ``folders``; the first run that has an output counts.

    Only answers and refusals are reused. Returns the number of outputs from each run. Raises StoreError.
    """
    reused = dict.fromkeys(folders, 0)
    with ExitStack() as stack:
        runs = {folder: stack.enter_context(EarlierRun(Path(folder))) for folder in folders}
        writer = stack.enter_context(store.writer())
        for number, (state, key) in enumerate(_open_trials(store, info, seed)):
            if number % YIELD_EVERY == 0:
                await asyncio.sleep(0)  # let signals and the progress display run
            for folder, run in runs.items():
                output = _copied(run.find(key), store.artifacts)
                if output is not None:
                    writer.output(state.key, key, output)
                    reused[folder] += 1
                    break
    return reused


def _open_trials(store: Store, info: ModelInfo, seed: int) -> Iterator[tuple[TrialState, str]]:
    for state in store.states():
        if state.output is None:
            yield state, content_key(info, request_for(state.case, state.key.repeat, seed))


def _copied(output: Output | None, artifacts: Artifacts) -> Output | None:
    """The output with its pictures in the artifacts of the new run; None if a picture is lost or damaged."""
    if output is None:
        return None
    try:
        return replace(output, images=tuple(_copied_image(image, artifacts) for image in output.images))
    except DataError:
        return None


def _copied_image(image: Image, artifacts: Artifacts) -> Image:
    found = Image.from_bytes(image.read(), where=image.path)
    if found.digest != image.digest:
        raise DataError("a stored image has changed", where=image.path)
    return artifacts.put(found)
