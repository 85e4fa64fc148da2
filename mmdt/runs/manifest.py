"""Manifest: what a run is, on disk beside its store, so that numbers can be traced and runs resumed."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import msgspec

from mmdt.engine.store.private import write_private
from mmdt.errors import StoreError
from mmdt.redaction import redact, without_credentials
from mmdt.runs.settings import NAMES, Settings

FILE = "manifest.json"
FORMAT = 1
LIBRARIES = ("openai", "datasets", "pyarrow", "numpy", "scipy", "pillow", "torch", "transformers", "diffusers")

How = Literal["loading", "running", "complete", "incomplete", "budget", "interrupted", "awaiting", "failed"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How the last part of the run ended; ``loading`` or ``running`` without a living process means that it was
    killed."""

    how: How = "loading"
    reason: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class UsedEvaluator:
    """The evaluator behind a role, as its observations are stored."""

    name: str
    fingerprint: str
    embedded: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class UsedData:
    """Where the cases came from; ``fingerprint`` is the hub's revision or the hash of the local files. It is empty, and
    nothing is counted, until all cases are loaded."""

    source: str
    fingerprint: str = ""
    cases: int = 0
    bad_rows: int = 0
    bad_examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run is: enough to repeat it, never a key. ``reused``: outputs taken over, by the run they come from;
    ``plugins``: absolute path -> SHA-256 of plugin files;
    ``answered_by``: number of outputs by the model that the provider named."""

    settings: Settings
    model: Mapping[str, Any] = field(default_factory=dict)
    scenarios: tuple[str, ...] = ()
    data: UsedData = field(default_factory=lambda: UsedData(""))
    evaluators: Mapping[str, UsedEvaluator] = field(default_factory=dict)
    reused: Mapping[str, int] = field(default_factory=dict)
    plugins: Mapping[str, str] = field(default_factory=dict)
    answered_by: Mapping[str, int] = field(default_factory=dict)
    ended: Ended = field(default_factory=Ended)
    created: str = ""
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def loaded(self) -> bool:
        """Whether all cases are in the store."""
        return bool(self.data.fingerprint)

    def ending(self, how: How, reason: str = "") -> Manifest:
        return replace(self, ended=Ended(how, reason, now()))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """Versions of everything a number may depend on."""
    found = {"python": platform.python_version(), "platform": platform.platform(terse=True)}
    for name in ("mmdt", *LIBRARIES):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def without_secrets(settings: Settings) -> Settings:
    """The settings without credentials: in fields and headers of requests, in URLs, anywhere."""
    clean = without_credentials(msgspec.to_builtins(settings))
    named = {**clean, "endpoints": dict(settings.endpoints)}  # they name variables and were checked to hold no key
    return msgspec.convert(named, Settings)


def write(folder: Path, manifest: Manifest) -> None:
    """Write it completely or not at all. Raises StoreError if the folder cannot be written."""
    path = folder / FILE
    part = path.with_suffix(".part")
    clean = replace(manifest, settings=without_secrets(manifest.settings))
    try:
        written = redact(msgspec.json.format(msgspec.json.encode(clean), indent=2).decode())
        write_private(part, written.encode())
        part.replace(path)
    except OSError as error:
        raise StoreError(
            "the run's manifest cannot be written",
            where=f"{path}: {error.strerror}",
            hint="free some space, or choose a writable folder",
        ) from error


def read(folder: Path, *, to_change: bool = False) -> Manifest:
    """The manifest of a run. Raises StoreError if there is none or its format is unknown. With ``to_change``, also if
    it has settings that this version does not know: it would drop them and ask something else."""
    path = folder / FILE
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StoreError(
            "this folder contains no run",
            where=f"{path}: {error.strerror}",
            hint="name a folder that `mmdt run` created",
        ) from error
    try:
        found = msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(f"the manifest is damaged: {error}", where=str(path), hint="restore it from a copy") from error
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
