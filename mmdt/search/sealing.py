"""Whether a search is as it was stored: digests when a part ends, checks before it goes on and on demand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from mmdt.core.image import Image
from mmdt.engine.errors import sqlite_error
from mmdt.engine.store.digests import COLUMNS, Digests, Sealed, complete_digests, seal
from mmdt.engine.store.pictures import problem_of
from mmdt.engine.store.schema import FILE, is_created
from mmdt.engine.store.store import Store
from mmdt.errors import StoreError
from mmdt.runs.integrity.checks import changed
from mmdt.runs.integrity.verify import UNSEALED, Finding, Verification
from mmdt.runs.manifest import about
from mmdt.search import manifest as manifests
from mmdt.search.manifest import SearchManifest
from mmdt.spelling import verb


def seal_search(manifest: SearchManifest, store: Store) -> SearchManifest:
    """The record with the digests of all that the store holds. Raises StoreError."""
    try:
        with store.changing() as db:
            complete_digests(db)
        digests = seal(store.db)
    except sqlite3.Error as error:
        raise sqlite_error(error, store.folder) from error
    seconds = store.elapsed
    store.make_durable()
    return replace(manifest, digests=digests, seconds=seconds)


def verify_search(folder: str | Path) -> Verification:
    """Read all rows and pictures of a search and compare them with their digests. Changes nothing. Raises
    StoreError."""
    where = Path(folder)
    manifest = manifests.read(where)
    root = manifest.digests.root if manifest.digests else ""
    if not is_created(where):
        lost = (Finding("store", FILE, "it is gone"),) if manifest.sealed else ()
        return Verification(where, root, dict.fromkeys((*COLUMNS, "artifacts"), 0), lost, (UNSEALED,))
    findings = list(_record(where, manifest))
    with Store.open(where) as store:
        findings += _rows(store, manifest)
        pictures = dict(_pictures(store))
        try:
            counts = {
                table: int(store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
                for table in COLUMNS
            }
        except sqlite3.Error as error:
            raise sqlite_error(error, where) from error
    findings += _artifacts(pictures)
    counts["artifacts"] = len(pictures)
    return Verification(where, root, counts, tuple(findings), () if manifest.sealed else (UNSEALED,))


def check_whole(folder: Path, manifest: SearchManifest) -> None:
    """Raises StoreError where something in the folder was changed or lost: nothing is added to such a search."""
    if not is_created(folder):
        return
    with Store.open(folder) as store:
        found = [*_record(folder, manifest), *_rows(store, manifest)]
    if found:
        hint = f"{verb('verify', folder)} says more; restore the folder from a copy, or start a new search"
        what = f"the search is damaged: {'; '.join(map(str, found[:5]))}"
        raise StoreError(what, where=str(folder), hint=hint)


def _record(folder: Path, manifest: SearchManifest) -> Iterator[Finding]:
    if not manifest.sealed or manifest.digests is None:
        return
    if manifest.digests.about != about(manifests.read_values(folder)):
        yield Finding("manifest", manifests.FILE, "it was changed after the search ended")
    elif manifest.digests.root != manifest.digests.merkle_root():
        yield Finding("manifest", manifests.FILE, "its root is not that of its digests")


def _rows(store: Store, manifest: SearchManifest) -> Iterator[Finding]:
    try:
        for (n, _), parts in changed(store):
            for table, _ in sorted(parts):
                yield Finding(table, f"number {n}", "it was changed after it was stored")
        kept, (outputs,) = store.kept(), store.db.execute("SELECT count(*) FROM outputs").fetchone()
        if outputs < kept.outputs:
            yield Finding("store", FILE, f"{kept.outputs - outputs:,} of {kept.outputs:,} outputs are gone")
        if manifest.sealed and manifest.digests is not None:
            yield from _differences(manifest.digests, seal(store.db))
    except sqlite3.Error as error:
        raise sqlite_error(error, store.folder) from error


def _differences(before: Digests, after: Digests) -> Iterator[Finding]:
    recorded, now = dict(before.parts()), dict(after.parts())
    for name in sorted(recorded.keys() | now.keys()):
        then, here = recorded.get(name, Sealed(0, "")), now.get(name, Sealed(0, ""))
        if then.count != here.count:
            yield Finding(name, "", f"{here.count:,} in the store, {then.count:,} in the record")
        elif then != here:
            yield Finding(name, "", "they are not those that were recorded")


def _pictures(store: Store) -> Iterator[tuple[str, Image]]:
    for trial in store.trials():
        for image in (*trial.case.images, *(trial.output.images if trial.output else ())):
            yield image.path, image


def _artifacts(pictures: dict[str, Image]) -> Iterator[Finding]:
    with ThreadPoolExecutor(8, thread_name_prefix="mmdt-verify") as pool:
        for path, problem in zip(pictures, pool.map(problem_of, pictures.values()), strict=True):
            if problem:
                yield Finding("artifacts", path, problem)
