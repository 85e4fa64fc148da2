"""Whether a run's folder still holds what its manifest says: checked whenever a run is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mmdt.engine.errors import sqlite_error
from mmdt.engine.store.digests import COLUMNS, Digests, Sealed, file_digest, seal
from mmdt.engine.store.schema import FILE, has_digests, is_created, size
from mmdt.engine.store.store import Store
from mmdt.engine.store.trials import PAGE, changed_rows
from mmdt.errors import StoreError
from mmdt.runs import manifest as manifests
from mmdt.runs.manifest import Manifest
from mmdt.spelling import option, verb


def how_to_restore() -> str:
    """What to do about a damaged run."""
    reusing = option("reuse", ["RUN"])
    return (
        f"restore the run folder from a copy, or start a new run with {reusing}, which takes over what is still whole"
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """``lost``: what the folder no longer holds, or holds otherwise, in words. ``intact``: the store is byte for byte
    what it was when the last part of the run ended, so its rows need not be checked one by one."""

    lost: tuple[str, ...] = ()
    intact: bool = False


def condition(folder: Path) -> Condition:
    """Compare counts and digests of the manifest and the store. Reads the store as a whole, but no pictures.

    Raises StoreError if there is no store that can be read.
    """
    return _condition(folder.absolute(), _stamp(folder))


def check_before_change(folder: Path, manifest: Manifest) -> None:
    """Raises StoreError if something in the run was lost or changed: nothing is added to such a run."""
    if not manifest.loaded and not is_created(folder):
        return  # killed before there was a store
    found = condition(folder)
    if found.lost:
        raise StoreError(
            f"the run is damaged: {'; '.join(found.lost)}",
            where=str(folder),
            hint=f"{verb('verify', folder)} says more; {how_to_restore()}",
        )


def require_store(folder: Path, manifest: Manifest) -> None:
    """Raises StoreError where the run has no store, for it is gone or was not made yet."""
    if is_created(folder):
        return
    if not manifest.loaded:
        what, hint = "the run was stopped before anything was stored", f"{verb('resume', folder)} goes on with it"
        raise StoreError(what, where=str(folder), hint=hint)
    what = f"the run's store, with its {manifest.data.cases:,} cases, is gone"
    raise StoreError(what, where=str(folder / FILE), hint=how_to_restore())


def losses(store: Store, manifest: Manifest) -> Iterator[str]:
    """What is no longer in the store, by the counts that were kept beside it."""
    db, kept = store.db, store.kept()
    cases, outputs, observations = _counts(db, store.folder)
    if manifest.loaded and cases < manifest.data.cases:
        yield f"{manifest.data.cases - cases:,} of {manifest.data.cases:,} cases are gone"
    elif manifest.loaded and cases > manifest.data.cases:
        yield f"the store has {cases:,} cases, the manifest {manifest.data.cases:,}"
    sealed = manifest.digests
    had = max(kept.outputs, sealed.outputs.count if sealed else 0)
    if outputs < had:
        yield f"{had - outputs:,} of {had:,} outputs are gone"
    had = max(kept.observations, sum(each.count for each in sealed.observations.values()) if sealed else 0)
    if observations < had:
        yield f"{had - observations:,} of {had:,} observations are gone"
    commits = db.execute("SELECT value FROM meta WHERE key = 'commits'").fetchone()
    if int(commits[0] if commits else 0) < kept.commits:
        yield f"the last {kept.commits - int(commits[0] if commits else 0):,} transactions of the store are gone"


def differences(manifest: Manifest, found: Digests) -> Iterator[str]:
    """The parts of a run whose digests are not those in its manifest."""
    recorded = dict(manifest.digests.parts()) if manifest.digests else {}
    now = dict(found.parts())
    for name in sorted(recorded.keys() | now.keys()):
        before, after = recorded.get(name, Sealed(0, "")), now.get(name, Sealed(0, ""))
        if before.count != after.count:
            yield f"{name}: {after.count:,} in the store, {before.count:,} in the manifest"
        elif before != after:
            yield f"{name}: the digest is {after.root[:16]}, the manifest has {before.root[:16]}"


def changed(store: Store) -> Iterator[tuple[tuple[int, int | None], set[tuple[str, str]]]]:
    """The rows that do not have their digest, by (n, repeat); see ``changed_rows``."""
    if not has_digests(store.db):
        return
    try:
        highest = (store.db.execute(f"SELECT max(n) FROM {table}").fetchone()[0] for table in COLUMNS)  # noqa: S608
        last = max(number or 0 for number in highest)
        for first in range(1, last + 1, PAGE):
            yield from changed_rows(store.db, first, first + PAGE - 1).items()
    except sqlite3.Error as error:
        raise sqlite_error(error, store.folder) from error


def whole_file(folder: Path) -> str:
    """SHA-256 of the store's file; empty while something is still in its log."""
    return "" if size(folder / f"{FILE}-wal") else file_digest(folder / FILE)


@lru_cache(64)
def _condition(folder: Path, stamp: object) -> Condition:
    values = manifests.read_values(folder)
    manifest = manifests.read(folder)
    require_store(folder, manifest)
    lost: list[str] = []
    if manifest.sealed and manifest.digests:
        if manifest.digests.about != manifests.about(values):
            lost.append("the manifest was changed after the run ended")
        elif manifest.digests.root != manifest.digests.merkle_root():
            lost.append("the digests in the manifest were changed")
        if manifest.digests.file and whole_file(folder) == manifest.digests.file:
            return Condition(tuple(lost), intact=True)
    with Store.open(folder) as store:
        try:
            found = list(losses(store, manifest))
            number = sum(len(rows) for _, rows in changed(store))
            found += [f"{number:,} rows of the store were changed after they were stored"] if number else []
            if not found and manifest.sealed and has_digests(store.db):
                found += differences(manifest, seal(store.db))
        except sqlite3.Error as error:
            raise sqlite_error(error, folder) from error
    return Condition((*lost, *found))


def _counts(db: sqlite3.Connection, folder: Path) -> tuple[int, int, int]:
    try:
        cases, outputs, observations = (
            db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("cases", "outputs", "observations")
        )
    except sqlite3.Error as error:
        raise sqlite_error(error, folder) from error
    return cases, outputs, observations


def _stamp(folder: Path) -> tuple[object, ...]:
    """Changes whenever one of the files does."""
    names = (manifests.FILE, FILE, f"{FILE}-wal", "store.kept")
    stats = ((folder / name).stat() if (folder / name).exists() else None for name in names)
    return tuple(stat and (stat.st_mtime_ns, stat.st_size, stat.st_ino) for stat in stats)
