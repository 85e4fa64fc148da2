"""The verbs of mmdt for Python users; the command line calls the same functions."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from mmdt.core.cell import slug
from mmdt.engine.store.lock import RunLock
from mmdt.engine.store.store import Store
from mmdt.errors import MmdtError, UsageError
from mmdt.runs import manifest as manifests
from mmdt.runs.batches import OpenBatch
from mmdt.runs.manifest import Manifest, UsedData
from mmdt.runs.plan import Plan, make_plan
from mmdt.runs.result import Run
from mmdt.runs.session import Session, Watch
from mmdt.runs.settings import Settings, make_settings

Result = TypeVar("Result")


def run(model: str, *, out: str | Path | None = None, fresh: bool = False, progress: Watch | None = None,
        **settings: Any) -> Run:  # fmt: skip
    """Ask ``model`` the selected cases and observe what comes out.

    ``settings`` are those of :class:`mmdt.runs.settings.Settings`. Returns the run, finished or stopped:
    ``run.manifest.ended`` says how. Raises MmdtError before anything is spent when it cannot be carried out; of
    large data, what is bad may show only after requests were sent, and then ends the run as incomplete.
    """
    return start(make_settings({"model": model, **settings}), out=out, fresh=fresh, progress=progress)


def start(
    settings: Settings, *, out: str | Path | None = None, fresh: bool = False, progress: Watch | None = None
) -> Run:
    """The same with settings made before."""
    session = Session(settings)
    folder = _new_folder(Path(out) if out else _default_folder(settings), fresh, settings.reuse)
    return _first_part(session, folder, progress)


def resume(folder: str | Path, *, progress: Watch | None = None, **changes: Any) -> Run:
    """Go on with a run: answers are kept, what is missing is asked. ``changes``: limits from here on.

    Batches are waited for, unless ``wait`` is false here.
    """
    where = Path(folder)
    manifest = manifests.read(where, to_change=True)
    settings = make_settings({**_as_values(manifest.settings), "wait": True, **changes})
    with Store.open(where, write=True, create=not manifest.loaded) as store:
        session = Session(settings, manifest.scenarios, where=where, already=store.spent())
        return _part(session, store, replace(manifest, settings=settings), progress)


def score(folder: str | Path, *, progress: Watch | None = None, **changes: Any) -> Run:
    """Observe again with other evaluators (``judge=...``, ``evaluators=...``), generating nothing.

    Without changes it only fills in observations that are missing; scores are computed when they are read.
    """
    where = Path(folder)
    manifest = manifests.read(where, to_change=True)
    if not manifest.loaded:
        raise UsageError("not all cases of the run are loaded yet", where=str(where), hint=f"mmdt resume {where}")
    settings = make_settings({**_as_values(manifest.settings), **changes})
    with Store.open(where, write=True) as store:
        session = Session(settings, manifest.scenarios, where=where, already=store.spent())
        return _part(session, store, replace(manifest, settings=settings), progress, ask=False)


def batches(folder: str | Path, *, cancel: bool = False) -> list[OpenBatch]:
    """The batches that a run has with a provider, and how they stand; with ``cancel``, after cancelling them.

    What was done before a cancellation is paid for, and collected by ``resume``. Raises StoreError where another
    process works in the run.
    """
    where = Path(folder)
    manifest = manifests.read(where)
    with Store.open(where, write=True) as store:
        session = Session(manifest.settings, manifest.scenarios, where=where, already=store.spent())
        return _wait(session.open_batches(where, cancel=cancel))


def plan(model: str, **settings: Any) -> Plan:
    """How many calls, and an estimate of tokens, cost and time, before anything is spent."""
    return plan_settings(make_settings({"model": model, **settings}))


def plan_settings(settings: Settings) -> Plan:
    return make_plan(Session(settings))


def open_run(folder: str | Path) -> Run:
    """A run made earlier."""
    return Run.open(folder)


def _as_values(settings: Settings) -> dict[str, Any]:
    import msgspec

    values: dict[str, Any] = msgspec.to_builtins(settings)
    return values


def _default_folder(settings: Settings) -> Path:
    return Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-{slug(settings.model)}"


def _new_folder(folder: Path, fresh: bool, reuse: Sequence[str]) -> Path:
    if folder.exists() and not folder.is_dir():
        raise UsageError("the run's folder is a file", where=str(folder), hint="choose another --out")
    if folder.exists() and any(folder.iterdir()):
        if not (folder / manifests.FILE).exists():
            raise UsageError("the folder is not empty and holds no run", where=str(folder), hint="choose another --out")
        if not fresh:
            hint = f"`mmdt resume {folder}` goes on with it, --fresh deletes it"
            raise UsageError("the folder already holds a run", where=str(folder), hint=hint)
        if any(Path(each).resolve() == folder.resolve() for each in reuse):
            hint = "choose another --out"
            raise UsageError("a run cannot be deleted and reused at once", where=str(folder), hint=hint)
        Store.open(folder, write=True).close()  # refused while another process works in it
        shutil.rmtree(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            "the run's folder cannot be made",
            where=f"{folder}: {error.strerror}",
            hint="choose another --out",
        ) from error
    return folder


def _first_part(session: Session, folder: Path, progress: Watch | None) -> Run:
    """Leaves no folder behind where something is wrong before anything was asked."""
    manifest = session.manifest()
    _claim(folder, manifest)
    with Store.create(folder) as store:
        try:
            return _part(session, store, manifest, progress)
        except (MmdtError, OSError):
            if not store.asked:
                shutil.rmtree(folder, ignore_errors=True)
            raise


def _claim(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a new run, unless another process that looked at the same time was first."""
    lock = RunLock(folder).acquire()
    try:
        if (folder / manifests.FILE).exists():
            raise UsageError("another run has just begun in the folder", where=str(folder), hint="choose another --out")
        manifests.write(folder, manifest)
    finally:
        lock.release()


def _part(session: Session, store: Store, manifest: Manifest, progress: Watch | None, *, ask: bool = True) -> Run:
    """Load, ask and observe what is missing, with the manifest saying how it stands: ``loading`` until all cases are
    there, ``running`` after that, and how it ended."""
    started = time.monotonic()
    manifest = replace(manifest, evaluators=session.used_evaluators())
    manifest = manifest.ending("running" if manifest.loaded else "loading")
    manifests.write(store.folder, manifest)

    def loaded(data: UsedData, reused: Mapping[str, int]) -> None:
        nonlocal manifest
        manifest = replace(manifest, data=data, reused=reused).ending("running")
        manifests.write(store.folder, manifest)

    loading = None if manifest.loaded else session.loading(store, loaded)
    outcome = _wait(session.carry_out(store, progress, ask=ask, loading=loading))
    how: manifests.How = outcome.end.value
    reason = outcome.reason
    if how == "complete" and manifest.data.bad_rows:
        how, reason = "incomplete", f"{manifest.data.bad_rows} bad rows were left out: {manifest.data.bad_examples[0]}"
    seconds = manifest.seconds + time.monotonic() - started
    manifest = replace(manifest.ending(how, reason), seconds=seconds, answered_by=store.answered_by())
    manifests.write(store.folder, manifest)
    return Run(store.folder)


def _wait(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end, in a notebook (whose loop is running) as well."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
