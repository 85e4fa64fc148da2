"""Manifest: what a run is, on disk beside its store, so that numbers can be traced and runs resumed."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from mmdt.disk.whole import write_whole
from mmdt.engine.store.digests import Digests
from mmdt.engine.store.replies import Replies
from mmdt.engine.store.use import Use
from mmdt.errors import StoreError
from mmdt.evaluators.known.answers import KnownAnswers
from mmdt.plugins import libraries
from mmdt.runs.settings import NAMES, Settings
from mmdt.runs.until.stopped import Stopped
from mmdt.safe_text.redaction import redact, without_credentials
from mmdt.spelling import verb

FILE = "manifest.json"
FORMAT = 1
REPLACED = ".mmdt-replaced"
"""The folder, in a run's own, of the run that it replaces, until it has its first answer."""

How = Literal["loading", "running", "complete", "incomplete", "budget", "interrupted", "awaiting", "failed", "damaged"]
"""``damaged`` is never written: it is what a run is called while its folder does not hold what it should."""
UNFINISHED = ("loading", "running")


@dataclass(frozen=True, slots=True)
class Ended:
    """How the last part of the run ended; ``loading`` or ``running`` without a living process means that it was
    killed."""

    how: How = "loading"
    reason: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class UsedMember:
    """A member of a panel, as its own observations are stored."""

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class UsedEvaluator:
    """The evaluator behind a role, as its observations are stored; ``members``: of a panel."""

    name: str
    fingerprint: str
    embedded: bool = False
    note: str = ""
    members: tuple[UsedMember, ...] = ()


@dataclass(frozen=True, slots=True)
class PanelCount:
    """What a panel did in a cell: ``outputs`` judged, on how many of them those asked ``differed``, how often a judge
    was ``asked``, and how often one was ``spared`` because the vote was decided."""

    outputs: int
    differed: int
    asked: int
    spared: int


@dataclass(frozen=True, slots=True)
class Stability:
    """How steady a judge was in a cell when it was asked again: ``flipped`` of ``asked`` askings about ``outputs``
    outputs turned its verdict; ``low`` and ``high``: the 95 % interval of their share.

    ``evaluator``: the judge that was checked. ``majority``: the panel of the same judge that judges the cell instead,
    asked ``of`` times; empty where the judge was steady enough."""

    cell: str
    role: str
    evaluator: str
    outputs: int
    asked: int
    flipped: int
    low: float
    high: float
    majority: str = ""
    of: int = 1


@dataclass(frozen=True, slots=True)
class Judging:
    """Who judged the outputs when a part of the run ended: a run that is scored again keeps each of them. The
    observations of all of them are in the store."""

    at: str
    how: How
    evaluators: Mapping[str, UsedEvaluator]


@dataclass(frozen=True, slots=True)
class UsedData:
    """Where the cases came from; ``fingerprint`` is the hub's revision or the hash of the local files. It is empty, and
    nothing is counted, until all cases are loaded. ``notes``: what was left out or is not shown as it is, a sentence
    each. ``cells``: how many cases each cell has in the data, where ``limit`` left some of them out. ``commitments``:
    of data that was sealed, the root of each split by its place."""

    source: str
    fingerprint: str = ""
    cases: int = 0
    bad_rows: int = 0
    bad_examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cells: Mapping[str, int] = field(default_factory=dict)
    commitments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run is: enough to repeat it, never a key. ``reused``: outputs taken over, by the run they come from;
    ``plugins``: absolute path -> SHA-256 of plugin files; ``benchmarks``: name -> declaration of the
    user's own; ``answered_by``: number of outputs by the model that the
    provider named; ``replies``: what they say about how they were asked; ``judges_left_out``: judge -> request fields
    that its server does not take; ``prompts``: the judge's prompts, verbatim, by ``id@edition``; ``panels``: role ->
    cell -> what its panel did; ``stability``: what a check of the judges found; ``prices``: by model, with where they
    come from and since when they hold; ``digests``: what the run held at the last end of a part (None in runs of early
    versions); ``use``: the requests, tokens, money and time that it had used by then; ``judgings``: who judged its
    outputs, the first first, once it was scored again; ``stopped``: the cells that its rules (``until``) decided."""

    settings: Settings
    model: Mapping[str, Any] = field(default_factory=dict)
    scenarios: tuple[str, ...] = ()
    data: UsedData = field(default_factory=lambda: UsedData(""))
    evaluators: Mapping[str, UsedEvaluator] = field(default_factory=dict)
    reused: Mapping[str, int] = field(default_factory=dict)
    plugins: Mapping[str, str] = field(default_factory=dict)
    benchmarks: Mapping[str, str] = field(default_factory=dict)
    answered_by: Mapping[str, int] = field(default_factory=dict)
    replies: Replies = field(default_factory=Replies)
    judges_left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ended: Ended = field(default_factory=Ended)
    created: str = ""
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    stability: tuple[Stability, ...] = ()
    known_answers: Mapping[str, KnownAnswers] = field(default_factory=dict)
    panels: Mapping[str, Mapping[str, PanelCount]] = field(default_factory=dict)
    prices: Mapping[str, str] = field(default_factory=dict)
    digests: Digests | None = None
    use: Use | None = None
    judgings: tuple[Judging, ...] = ()
    stopped: tuple[Stopped, ...] = ()
    format: int = FORMAT

    @property
    def loaded(self) -> bool:
        """Whether all cases are in the store."""
        return bool(self.data.fingerprint)

    @property
    def spared(self) -> frozenset[str]:
        """The cells of which some cases need not be asked: rules have decided them."""
        return frozenset(each.cell for each in self.stopped)

    @property
    def instead(self) -> dict[str, dict[str, str]]:
        """Cell -> role -> the fingerprint of the panel that judges there, where the run's own judge was unsteady."""
        found: dict[str, dict[str, str]] = {}
        for each in self.stability:
            used = self.evaluators.get(each.role)
            if each.majority and used is not None and used.fingerprint == each.evaluator:
                found.setdefault(each.cell, {})[each.role] = each.majority
        return found

    @property
    def sealed(self) -> bool:
        """Whether the digests are those of everything in the run: no part has begun since."""
        return self.digests is not None and self.ended.how not in UNFINISHED

    def ending(self, how: How, reason: str = "") -> Manifest:
        return replace(self, ended=Ended(how, reason, now()))

    def judged_otherwise(self, before: Manifest) -> bool:
        """Whether other evaluators than ``before``, or other rules, decide the numbers."""
        return (self.evaluators, self.settings.cut_off) != (before.evaluators, before.settings.cut_off)

    def scored_again(self, before: Manifest) -> Manifest:
        """This manifest at the end of a part that asked nothing: the run ended when it did before, and who judged its
        outputs then is kept beside who does now."""
        at = self.ended.at if before.ended.how in UNFINISHED else before.ended.at
        ended = replace(self.ended, at=at)
        if not self.judged_otherwise(before):
            return replace(self, ended=ended)
        again = Judging(self.ended.at, self.ended.how, self.evaluators)
        first = (Judging(before.ended.at, before.ended.how, before.evaluators),)
        return replace(self, ended=ended, judgings=(*(before.judgings or first), again))


def with_left_out(manifest: Manifest, judges: Mapping[str, tuple[str, ...]]) -> Manifest:
    """The manifest with what another part of the run found that its judges' servers do not take."""
    before = manifest.judges_left_out
    found = {
        judge: tuple(sorted({*before.get(judge, ()), *judges.get(judge, ())}))
        for judge in before.keys() | judges.keys()
    }
    return replace(manifest, judges_left_out=dict(sorted(found.items())))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """Versions of everything a number may depend on."""
    found = {"python": platform.python_version(), "platform": platform.platform(terse=True)}
    return found | libraries.versions()


def without_secrets(settings: Settings) -> Settings:
    """The settings without credentials: in fields and headers of requests, in URLs, anywhere."""
    clean = without_credentials(msgspec.to_builtins(settings))
    named = {**clean, "endpoints": dict(settings.endpoints)}  # they name variables and were checked to hold no key
    return msgspec.convert(named, Settings)


def write(folder: Path, manifest: Manifest) -> None:
    """Write it completely or not at all, and wait until it is on the disk. The digest of the manifest itself and the
    root over all digests are filled in. Raises StoreError if the folder cannot be written."""
    path = folder / FILE
    clean = replace(manifest, settings=without_secrets(manifest.settings))
    written = redact(msgspec.json.encode(clean).decode()).encode()
    if clean.digests is not None:
        values = msgspec.json.decode(written)
        digests = replace(clean.digests, about=about(values))
        digests = replace(digests, root=digests.merkle_root())
        written = msgspec.json.encode({**values, "digests": msgspec.to_builtins(digests)})
    try:
        write_whole(path, msgspec.json.format(written, indent=2), durable=True)
    except OSError as error:
        raise StoreError(
            "the run's manifest cannot be written",
            where=f"{path}: {error.strerror}",
            hint="free some space, or choose a writable folder",
        ) from error


def about(values: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest's JSON values, without its digests."""
    rest = {name: value for name, value in values.items() if name != "digests"}
    return hashlib.sha256(msgspec.json.encode(rest, order="sorted")).hexdigest()


def read_values(folder: Path) -> dict[str, Any]:
    """The manifest's JSON values as they are on disk. Raises StoreError if there is none, or no JSON in it."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        raise StoreError(
            "this folder contains no run",
            where=f"{path}: {error.strerror}",
            hint=f"{verb('resume', folder)} brings back the run that was to be replaced"
            if (folder / REPLACED).exists()
            else f"name a folder that {verb('run', '...')} created",
        ) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(f"the manifest is damaged: {error}", where=str(path), hint="restore it from a copy") from error


def read(folder: Path, *, to_change: bool = False) -> Manifest:
    """The manifest of a run. Raises StoreError if there is none or its format is unknown. With ``to_change``, also if
    it has settings that this version does not know: it would drop them and ask something else."""
    path, found = folder / FILE, read_values(folder)
    if found.get("format") != FORMAT:
        what = f"the run has manifest format {found.get('format')}, this mmdt reads {FORMAT}"
        raise StoreError(what, where=str(path), hint=f"use {_maker(found)}")
    try:
        manifest = msgspec.convert(found, Manifest)
    except msgspec.MsgspecError as error:
        hint = f"restore it from a copy, or use {_maker(found)}"
        raise StoreError(f"the manifest is damaged: {error}", where=str(path), hint=hint) from error
    unknown = sorted(found["settings"].keys() - NAMES)
    if to_change and unknown:
        what = f"the run has settings that this mmdt does not know: {', '.join(unknown)}"
        raise StoreError(what, where=str(path), hint=f"use {_maker(found)}")
    return manifest


def _maker(found: Mapping[str, Any]) -> str:
    """The version of mmdt that wrote a manifest, in words."""
    used = found.get("versions")
    number = used.get("mmdt") if isinstance(used, dict) else None
    return f"mmdt {number}, which wrote it" if number else "the mmdt that wrote it"
