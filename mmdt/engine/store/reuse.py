"""Answers of earlier runs taken over into a new one, so that nothing is asked for them again."""

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
from mmdt.engine.errors import sqlite_error
from mmdt.engine.pipeline.asking import request_for
from mmdt.engine.store import schema
from mmdt.engine.store.artifacts import Artifacts
from mmdt.engine.store.codec import content_key, decode_output
from mmdt.engine.store.store import State, Store
from mmdt.errors import DataError

# In the connection's own temporary database: stores have no index by key, since only this needs one.
_INDEX = """
CREATE TEMP TABLE answers (key TEXT PRIMARY KEY, place INTEGER) WITHOUT ROWID;
INSERT OR IGNORE INTO temp.answers SELECT key, rowid FROM outputs WHERE status <> 'failed';
"""


BREATH = 64
"""Askings looked up before the loop gets a turn."""


class Earlier:
    """The answers and refusals of one earlier run, by content key. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._artifacts = Artifacts(folder.absolute() / "artifacts")
        self._db = schema.connect(folder, write=False)
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
        """The output of that content key, pictures bound to the earlier run's artifacts. Raises StoreError."""
        query = "SELECT body FROM temp.answers JOIN outputs ON outputs.rowid = place WHERE answers.key = ?"
        try:
            row = self._db.execute(query, (key,)).fetchone()
        except sqlite3.Error as error:
            raise sqlite_error(error, self.folder) from error
        if row is None:
            return None
        output = decode_output(row[0])
        return replace(output, images=tuple(map(self._artifacts.bind, output.images)))


def check_sources(folders: Sequence[str]) -> None:
    """Raises StoreError where one of these holds no run that this version reads."""
    for folder in folders:
        schema.connect(Path(folder), write=False).close()


async def take_over(store: Store, folders: Sequence[str], info: ModelInfo, seed: int) -> Mapping[str, int]:
    """Copy into ``store`` what the runs in ``folders`` have for its askings; the first one that has it gives it.

    Only what was answered or refused counts. Returns how many outputs each run gave. Raises StoreError.
    """
    given = dict.fromkeys(folders, 0)
    with ExitStack() as stack:
        runs = {folder: stack.enter_context(Earlier(Path(folder))) for folder in folders}
        writer = stack.enter_context(store.writer())
        for number, (state, key) in enumerate(_askings(store, info, seed)):
            if number % BREATH == 0:
                await asyncio.sleep(0)  # signals and the progress are attended to
            for folder, run in runs.items():
                output = _kept(run.find(key), store.artifacts)
                if output is not None:
                    writer.output(state.work, key, output)
                    given[folder] += 1
                    break
    return given


def _askings(store: Store, info: ModelInfo, seed: int) -> Iterator[tuple[State, str]]:
    for state in store.states():
        if state.output is None:
            yield state, content_key(info, request_for(state.case, state.work.repeat, seed))


def _kept(output: Output | None, artifacts: Artifacts) -> Output | None:
    """The output with its pictures in the new run's artifacts; None where one is lost: it is made again."""
    if output is None:
        return None
    try:
        return replace(output, images=tuple(_whole(image, artifacts) for image in output.images))
    except DataError:
        return None


def _whole(image: Image, artifacts: Artifacts) -> Image:
    found = Image.from_bytes(image.read(), where=image.path)
    if found.digest != image.digest:
        raise DataError("a stored image has changed", where=image.path)
    return artifacts.put(found)
