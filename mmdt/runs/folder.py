"""The folder of a new run: where it is, and that nobody else uses it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from mmdt.core.cell import slug
from mmdt.disk.private import private_folder
from mmdt.engine.store.lock import RunLock, is_unused
from mmdt.engine.store.schema import is_created
from mmdt.engine.store.store import Store
from mmdt.errors import MmdtError, UsageError
from mmdt.runs import manifest as manifests
from mmdt.runs.manifest import Manifest
from mmdt.runs.people.calibration import FILE as CALIBRATION
from mmdt.runs.people.calibration import Calibrated, attach
from mmdt.runs.replaced import remove_new, set_aside, take_up
from mmdt.spelling import option, verb

SEVERAL = "models.json"
"""Of ``mmdt run A B``: what is to be run, beside the folders of the models."""
_BEFORE_THE_MANIFEST = (CALIBRATION, "manifest.part")
"""What may be in a run's folder before its manifest, besides its lock; the second name is that of older versions."""


def default_folder(model: str) -> Path:
    """``runs/<time>-<model>``."""
    return Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-{slug(model)}"


def is_several(folder: str | Path) -> bool:
    """Whether the folder is that of one command with several models."""
    return (Path(folder) / SEVERAL).is_file()


def new_folder(folder: Path, *, fresh: bool, reuse: Sequence[str]) -> Path:
    """The folder, made and without a run; ``fresh`` sets a run that is in it aside, until the new one has an answer.

    Raises UsageError where the folder cannot be used.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError("the run's folder is a file", where=str(folder), hint=f"choose another {option('out')}")
    if folder.exists() and any(folder.iterdir()):
        take_up(folder)
        _set_aside(folder, fresh=fresh, reuse=reuse)
    try:
        private_folder(folder)
    except OSError as error:
        raise UsageError(
            "the run's folder cannot be made",
            where=f"{folder}: {error.strerror}",
            hint=f"choose another {option('out')}",
        ) from error
    return folder


def _set_aside(folder: Path, *, fresh: bool, reuse: Sequence[str]) -> None:
    if not (folder / manifests.FILE).exists():
        if is_unused(folder, also=_BEFORE_THE_MANIFEST):
            return
        raise UsageError(
            "the folder is not empty and contains no run", where=str(folder), hint=f"choose another {option('out')}"
        )
    if not fresh:
        hint = f"{verb('resume', folder)} resumes it, {option('fresh', True)} replaces it"
        raise UsageError("the folder already holds a run", where=str(folder), hint=hint)
    if any(Path(each).resolve() == folder.resolve() for each in reuse):
        hint = f"choose another {option('out')}"
        raise UsageError("a run cannot be replaced and reused at once", where=str(folder), hint=hint)
    lock = RunLock(folder).acquire()  # refused while another process works in it
    try:
        set_aside(folder)
    finally:
        lock.release()


def claim(folder: Path, manifest: Manifest, calibration: Sequence[Calibrated] = ()) -> None:
    """Write the manifest of a new run, unless another process that looked at the same time was first. ``calibration``
    of its judges is attached before, so that no run that should have one is resumed without it."""
    lock = RunLock(folder).acquire()
    try:
        if (folder / manifests.FILE).exists():
            raise UsageError(
                "another run has just begun in the folder", where=str(folder), hint=f"choose another {option('out')}"
            )
        (folder / CALIBRATION).unlink(missing_ok=True)  # of a run that was killed before its manifest
        if calibration:
            attach(folder, manifest, calibration)
        manifests.write(folder, manifest)
    finally:
        lock.release()


@contextmanager
def left_as_it_was_on_error(folder: Path) -> Iterator[None]:
    """Where something is wrong before anything was asked, leave the folder as it was: without the new run, and with
    the one that it was to replace."""
    try:
        yield
    except (MmdtError, OSError):
        if not _asked(folder):
            remove_new(folder)
        raise


def _asked(folder: Path) -> bool:
    if not is_created(folder):
        return False
    with Store.open(folder) as store:
        return store.asked
