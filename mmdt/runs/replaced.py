"""A run that ``--fresh`` replaces: set aside first, deleted when its successor has an answer, and only what is mmdt's.

A process may be killed at any moment in between; ``take_up`` then finds out how far it was and ends that step.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mmdt.engine.errors import disk_error
from mmdt.engine.store.lock import RunLock
from mmdt.engine.store.schema import FILE
from mmdt.engine.store.store import SENT, Store
from mmdt.engine.store.writer import KEPT
from mmdt.errors import StoreError
from mmdt.runs import manifest as manifests
from mmdt.runs.integrity import snapshot
from mmdt.runs.integrity.signature import ROOT, SIGNATURE
from mmdt.runs.leftovers import remove_leftovers
from mmdt.runs.people.calibration import FILE as CALIBRATION
from mmdt.runs.people.labels import FILE as LABELS
from mmdt.runs.people.labels import KEPT as LABELS_KEPT

OURS = (
    manifests.FILE,
    *(f"{FILE}{end}" for end in ("", "-wal", "-shm", "-journal")),
    KEPT,
    SENT,
    "artifacts",
    "batches",
    "report.html",
    snapshot.FILE,
    ROOT,
    SIGNATURE,
    CALIBRATION,
    LABELS,  # labels are about the outputs of the run that is replaced
    LABELS_KEPT,
)
"""What a run's folder holds; anything else in it is the user's and stays."""
_ARTIFACTS = "artifacts"
_ARTIFACT = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.[^/]+|.*\.part")
"""What mmdt writes there, seen from there."""
ASIDE = manifests.REPLACED
_MOVING, _DELETING = f"{ASIDE}.moving", f"{ASIDE}.deleting"
_POLL = 0.2


def set_aside(folder: Path) -> None:
    """Move the run in ``folder`` to ``ASIDE`` in it; one that is set aside already stays, and this one is deleted: it
    has no answers. Hold the lock. Raises StoreError on a disk error."""
    with _disk(folder):
        if (folder / ASIDE).exists():
            _delete(folder, OURS)
            return
        moving = folder / _MOVING
        moving.mkdir()
        for name in OURS:
            if (folder / name).exists():
                (folder / name).rename(moving / name)
        moving.rename(folder / ASIDE)


def bring_back(folder: Path) -> None:
    """Put the run that was set aside back in place of its successor, which has no answers. Hold the lock."""
    with _disk(folder):
        if (folder / ASIDE).exists():
            _delete(folder, OURS)
            (folder / ASIDE).rename(folder / _MOVING)
        _move_back(folder)


def take_up(folder: Path) -> None:
    """End what a killed process had begun. Raises StoreError where another one works in the folder."""
    if not any((folder / name).exists() for name in (ASIDE, _MOVING, _DELETING)):
        return
    lock = RunLock(folder).acquire()
    try:
        with _disk(folder):
            shutil.rmtree(folder / _DELETING, ignore_errors=True)
            _move_back(folder)
        if (folder / ASIDE).exists() and not (folder / manifests.FILE).exists():
            bring_back(folder)
        elif has_answers(folder):
            delete_replaced(folder)
    finally:
        lock.release()


def has_answers(folder: Path) -> bool:
    """Whether the model has answered or refused anything in this run."""
    if not (folder / FILE).is_file():
        return False
    try:
        with Store.open(folder) as store:
            query = "SELECT EXISTS (SELECT 1 FROM outputs WHERE status <> 'failed')"
            return bool(store.db.execute(query).fetchone()[0])
    except StoreError:
        return False  # killed before its tables were there


def delete_replaced(folder: Path) -> None:
    """Delete the run that was set aside, in a way that a killed process does not leave half of it."""
    if (folder / ASIDE).exists():
        with _disk(folder):
            _give_back(folder / ASIDE / _ARTIFACTS, folder / _ARTIFACTS)
            (folder / ASIDE).rename(folder / _DELETING)
            shutil.rmtree(folder / _DELETING, ignore_errors=True)


@contextmanager
def replaced_run_deleted_once_answered(store: Store) -> Iterator[None]:
    """Delete the run that was set aside as soon as an answer of the new one is on the disk."""
    folder, ended = store.folder, threading.Event()

    def look() -> bool:
        if not (store.kept().outputs and has_answers(folder)):
            return False
        delete_replaced(folder)
        return True

    def watch() -> None:
        while not look() and not ended.wait(_POLL):
            pass

    if not (folder / ASIDE).exists():
        yield
        return
    watcher = threading.Thread(target=watch, name="mmdt-replaced", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        look()


def _move_back(folder: Path) -> None:
    moving = folder / _MOVING
    if not moving.exists():
        return
    for path in moving.iterdir():
        path.rename(folder / path.name)
    moving.rmdir()


def _delete(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        path = folder / name
        if name == _ARTIFACTS and any(_foreign(path)):
            _delete_artifacts(path)
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _foreign(artifacts: Path) -> Iterator[Path]:
    """Files among a run's pictures that mmdt did not write."""
    if artifacts.is_dir() and not artifacts.is_symlink():
        found = (path for path in sorted(artifacts.rglob("*")) if path.is_symlink() or not path.is_dir())
        yield from (path for path in found if not _ARTIFACT.fullmatch(path.relative_to(artifacts).as_posix()))


def _give_back(old: Path, new: Path) -> None:
    """Move the user's files among the pictures of a run that will be deleted to the same place among the new ones."""
    for path in list(_foreign(old)):
        target = new / path.relative_to(old)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)


def _delete_artifacts(artifacts: Path) -> None:
    """Delete a run's pictures, and leave the user's files among them."""
    foreign = set(_foreign(artifacts))
    for path in sorted(artifacts.rglob("*"), reverse=True):  # what is in a folder comes before it
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):  # not empty
                path.rmdir()
        elif path not in foreign:
            path.unlink()


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_error(error, folder) from error


def remove_new(folder: Path) -> None:
    """Remove a new run in which nothing was asked, and the folder if nothing else is in it; a run that it was to
    replace is back afterwards."""
    lock = RunLock(folder).acquire()
    try:
        if (folder / ASIDE).exists():
            bring_back(folder)
            return
        with _disk(folder):
            _delete(folder, OURS)
        remove_leftovers(folder)
    finally:
        lock.release()
    if {path.name for path in folder.iterdir()} <= {"lock", "lock.holder"}:
        shutil.rmtree(folder, ignore_errors=True)
