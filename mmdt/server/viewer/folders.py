"""Which runs and searches the viewer may show, each under a key.

An address of the viewer names a run by its key, and keys are made from the folders that were found, never the other way
round: no address can lead out of these folders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmdt.engine.store import schema
from mmdt.errors import UsageError
from mmdt.runs import manifest as manifests
from mmdt.runs.people.labels import FILE as LABELS
from mmdt.search import manifest as searches
from mmdt.search.labels import FILE as FOUND
from mmdt.spelling import verb

DEEP = 3
"""A run is in a folder that was named, or in a folder of several runs in it."""
MOST = 10_000
"""Folders that are looked at; more of them are hardly runs."""


@dataclass(frozen=True)
class RunFolders:
    """The folders that were named: runs, and folders that hold runs. Read again whenever somebody looks, so that new
    runs appear."""

    named: tuple[Path, ...]

    @classmethod
    def of(cls, named: Sequence[str | Path]) -> RunFolders:
        """Raises UsageError where a folder does not exist or holds no run and cannot."""
        folders = tuple(Path(each) for each in named)
        for each in folders:
            if not each.is_dir():
                hint = f"name a run, or the folder that holds runs; {verb('run', '...')} makes one"
                raise UsageError("there is no such folder", where=str(each), hint=hint)
        return cls(folders)

    def found(self) -> dict[str, Path]:
        """Every run by its key, the newest first."""
        folders = dict.fromkeys(folder for each in self.named for folder in _runs(each, DEEP))
        newest = sorted(folders, key=_made, reverse=True)
        return {key_of(each): each for each in newest}

    def folder(self, key: str) -> Path:
        """The folder of a run. Raises UsageError for a key of none of them."""
        found = self.found().get(key)
        if found is None:
            raise UsageError("there is no such run", hint="it may have been moved: go back to the list of runs")
        return found


def key_of(folder: Path) -> str:
    """The key of a run's folder."""
    return hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def state_of(folder: Path) -> tuple[tuple[int, int], ...]:
    """Changes whenever the run's numbers could."""
    files = (
        folder / name for name in (manifests.FILE, searches.FILE, FOUND, schema.FILE, f"{schema.FILE}-wal", LABELS)
    )
    found = []
    for each in files:
        try:
            stat = each.stat()
        except OSError:
            continue
        if stat.st_size:
            found.append((stat.st_size, stat.st_mtime_ns))
    return tuple(found)


def _runs(folder: Path, deep: int) -> Iterator[Path]:
    if (folder / manifests.FILE).is_file() or searches.is_search(folder):
        yield folder
        return
    try:
        inside = sorted(folder.iterdir())[:MOST]
    except OSError:
        return
    for each in inside:
        if deep > 1 and not each.name.startswith(".") and not each.is_symlink() and each.is_dir():
            yield from _runs(each, deep - 1)


def _made(folder: Path) -> tuple[str, str]:
    try:
        values = searches.read_values(folder) if searches.is_search(folder) else manifests.read_values(folder)
        created = str(values.get("created", ""))
    except Exception:  # it is listed as one that cannot be read
        created = ""
    return created, str(folder)
