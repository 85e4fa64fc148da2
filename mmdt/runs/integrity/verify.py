"""``verify``: read everything a run holds, and say exactly what is not as it was stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mmdt.core.image import Image
from mmdt.engine.errors import sqlite_error
from mmdt.engine.store.digests import COLUMNS, seal
from mmdt.engine.store.pictures import problem_of
from mmdt.engine.store.schema import FILE, has_digests
from mmdt.engine.store.store import Store
from mmdt.errors import StoreError
from mmdt.runs import manifest as manifests
from mmdt.runs.integrity.checks import changed, differences, losses, require_store
from mmdt.runs.integrity.people import root_with_people
from mmdt.runs.integrity.signature import SIGNATURE, signature_problem
from mmdt.runs.manifest import Manifest
from mmdt.runs.people.calibration import FILE as CALIBRATION
from mmdt.runs.people.calibration import attached
from mmdt.runs.people.calibration import problem_of as calibration_problem
from mmdt.runs.people.labels import FILE as LABELS_FILE
from mmdt.runs.people.labels import KEPT as LABELS_KEPT
from mmdt.runs.people.labels import LabelFile

OLD = "the run was made by an early mmdt, which kept no digests: whether anything in it has changed cannot be verified"
UNSEALED = "the run has no end yet, so only what each row and picture says of itself was checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was stored. ``part``: manifest, store, cases, outputs, observations, artifacts,
    labels, calibration or signature; ``where``: the case, row or file."""

    part: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.part}: {self.where}: {self.what}" if self.where else f"{self.part}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was read and what was wrong with it. ``root``: the Merkle root in the manifest, which the report shows;
    ``notes``: what could not be verified, and why; ``signed``: whether the given key signed the run.
    ``root_with_people``: what is signed, the root together with people's labels and a calibration; the root itself
    where the run has none of them."""

    folder: Path
    root: str
    counts: dict[str, int]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    signed: bool = False
    root_with_people: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything is as it was stored, and all of it could be verified."""
        return not self.findings and not self.notes


def verify(folder: str | Path, *, public_key: str = "") -> Verification:
    """Read all rows and pictures of a run and compare them with their digests. Changes nothing.

    ``public_key``: a public key of minisign, or its file; a root that this key did not sign is a finding. Raises
    StoreError if there is no run, or no store that can be read, UsageError if it is no public key.
    """
    where = Path(folder)
    values, manifest = manifests.read_values(where), manifests.read(where)
    require_store(where, manifest)
    findings = list(_manifest(manifest, values))
    with Store.open(where) as store:
        try:
            counts = {table: _count(store.db, table) for table in COLUMNS}
            kept = has_digests(store.db)
            findings += _store(store, manifest)
            findings += _rows(store)
            findings += _parts(store, manifest, known=kept)
            pictures: dict[str, tuple[Image, str]] = {}
            try:
                pictures.update(_pictures(store))
            except StoreError as error:
                findings.append(Finding("store", FILE, f"{error.what}; not all pictures were checked"))
            undigested = _undigested(store.db) if kept else 0
        except sqlite3.Error as error:
            raise sqlite_error(error, where) from error
    findings += _artifacts(pictures)
    counts["artifacts"] = len(pictures)
    labels = LabelFile(where)
    if labels.path.exists() or (where / LABELS_KEPT).exists():
        wrong = labels.problem()
        findings += [Finding("labels", LABELS_FILE, wrong)] if wrong else []
        counts["labels"] = 0 if wrong else len(labels.history())
    if (where / CALIBRATION).exists():
        wrong = calibration_problem(where)
        findings += [Finding("calibration", CALIBRATION, wrong)] if wrong else []
        counts["calibration"] = 0 if wrong else len(attached(where))
    root = manifest.digests.root if manifest.digests else ""
    to_sign = root_with_people(where, root)
    problem = signature_problem(where, to_sign, public_key, without_people=root) if public_key else ""
    if problem:
        findings.append(Finding("signature", SIGNATURE, problem))
    notes = tuple(_notes(manifest, kept, undigested))
    signed = bool(public_key) and not problem
    return Verification(where, root, counts, tuple(findings), notes, signed, to_sign)


def _manifest(manifest: Manifest, values: dict[str, object]) -> Iterator[Finding]:
    digests = manifest.digests
    if digests is None or not manifest.sealed:
        return
    if digests.about != manifests.about(values):
        yield Finding("manifest", manifests.FILE, "it was changed after the run ended")
    if digests.root != digests.merkle_root():
        yield Finding("manifest", manifests.FILE, "its root is not that of its digests")


def _store(store: Store, manifest: Manifest) -> Iterator[Finding]:
    for (said,) in store.db.execute("PRAGMA quick_check(20)").fetchall():
        if said != "ok":
            yield Finding("store", FILE, str(said))
    for lost in losses(store, manifest):
        yield Finding("store", FILE, lost)
    query = "SELECT n - 1 FROM cases WHERE n > 1 AND n - 1 NOT IN (SELECT n FROM cases) LIMIT 20"
    for (n,) in store.db.execute(query).fetchall():
        yield Finding("cases", f"number {n}", "it is gone")
    query = "SELECT DISTINCT n FROM outputs WHERE n NOT IN (SELECT n FROM cases) LIMIT 20"
    for (n,) in store.db.execute(query).fetchall():
        yield Finding("cases", f"number {n}", "it is gone, and its outputs are there")


def _rows(store: Store) -> Iterator[Finding]:
    for (n, repeat), rows in changed(store):
        found = store.db.execute("SELECT id FROM cases WHERE n = ?", (n,)).fetchone()
        where = f"case {found[0] if found else n}" + ("" if repeat is None else f", repeat {repeat}")
        for table, probe in sorted(rows):
            which = f", probe {probe}" if probe else ""
            yield Finding(table, where + which, "it was changed after it was stored")


def _parts(store: Store, manifest: Manifest, *, known: bool) -> Iterator[Finding]:
    if known and manifest.sealed:
        for difference in differences(manifest, seal(store.db)):
            part, _, what = difference.partition(": ")
            yield Finding(part, "", what)


def _pictures(store: Store) -> Iterator[tuple[str, tuple[Image, str]]]:
    """Path -> the picture and the case that it belongs to."""
    for trial in store.trials():
        for image in (*trial.case.images, *(trial.output.images if trial.output else ())):
            yield image.path, (image, trial.case.id)


def _artifacts(pictures: dict[str, tuple[Image, str]]) -> Iterator[Finding]:
    with ThreadPoolExecutor(8, thread_name_prefix="mmdt-verify") as pool:
        problems = pool.map(problem_of, (image for image, _ in pictures.values()))
        for (path, (_, case)), problem in zip(pictures.items(), problems, strict=True):
            if problem:
                yield Finding("artifacts", f"{path} (case {case})", problem)


def _notes(manifest: Manifest, kept: bool, undigested: int) -> Iterator[str]:
    if not kept or (manifest.digests is None and undigested):
        yield OLD
    elif not manifest.sealed:
        yield UNSEALED
    elif undigested:
        yield f"{undigested:,} rows were written without a digest, by an early mmdt"


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def _undigested(db: sqlite3.Connection) -> int:
    queries = (f"SELECT count(*) FROM {table} WHERE digest IS NULL" for table in COLUMNS)  # noqa: S608
    return sum(int(db.execute(query).fetchone()[0]) for query in queries)
