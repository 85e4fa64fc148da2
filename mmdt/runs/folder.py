"""The folder of a new run: where it is, and that nobody else uses it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from mmdt.core.cell import slug
from mmdt.engine.store.lock import RunLock
from mmdt.engine.store.private import private_folder
from mmdt.engine.store.store import Store
from mmdt.errors import MmdtError, UsageError
from mmdt.runs import manifest as manifests
from mmdt.runs.manifest import Manifest


def default_folder(model: str) -> Path:
    """``runs/<time>-<model>``."""
    return Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-{slug(model)}"


def new_folder(folder: Path, *, fresh: bool, reuse: Sequence[str]) -> Path:
    """The folder, made and empty; ``fresh`` deletes a run that is in it. Raises UsageError where it cannot be used."""
    if folder.exists() and not folder.is_dir():
        raise UsageError("the run's folder is a file", where=str(folder), hint="choose another --out")
    if folder.exists() and any(folder.iterdir()):
        _empty(folder, fresh=fresh, reuse=reuse)
    try:
        private_folder(folder)
    except OSError as error:
        raise UsageError(
            "the run's folder cannot be made", where=f"{folder}: {error.strerror}", hint="choose another --out"
        ) from error
    return folder


def _empty(folder: Path, *, fresh: bool, reuse: Sequence[str]) -> None:
    if not (folder / manifests.FILE).exists():
        raise UsageError("the folder is not empty and contains no run", where=str(folder), hint="choose another --out")
    if not fresh:
        hint = f"`mmdt resume {folder}` resumes it, --fresh deletes it"
        raise UsageError("the folder already holds a run", where=str(folder), hint=hint)
    if any(Path(each).resolve() == folder.resolve() for each in reuse):
        hint = "choose another --out"
        raise UsageError("a run cannot be deleted and reused at once", where=str(folder), hint=hint)
    Store.open(folder, write=True).close()  # refused while another process works in it
    shutil.rmtree(folder)


def claim(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a new run, unless another process that looked at the same time was first."""
    lock = RunLock(folder).acquire()
    try:
        if (folder / manifests.FILE).exists():
            raise UsageError("another run has just begun in the folder", where=str(folder), hint="choose another --out")
        manifests.write(folder, manifest)
    finally:
        lock.release()


@contextmanager
def left_empty_on_error(folder: Path, store: Store) -> Iterator[None]:
    """Leave no folder behind where something is wrong before anything was asked."""
    try:
        yield
    except (MmdtError, OSError):
        if not store.asked:
            shutil.rmtree(folder, ignore_errors=True)
        raise
