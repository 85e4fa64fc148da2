"""The record of a search beside its store: settings, behaviours, permission, how it ended, and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from mmdt.core.behaviour import Behaviour
from mmdt.disk.private import write_private
from mmdt.disk.whole import write_whole
from mmdt.engine.store.digests import Digests
from mmdt.errors import StoreError
from mmdt.runs.manifest import UNFINISHED, Ended, UsedEvaluator, about, now, without_secrets
from mmdt.safe_text.redaction import redact, without_credentials
from mmdt.search.behaviours import Wanted
from mmdt.search.settings import SearchSettings
from mmdt.spelling import verb

FILE = "search.json"
NOTICE_FILE = "NOTICE.txt"
FORMAT = 1
NOTICE = (
    "This folder was written by a search for attacks (mmdt). It holds prompts that were made to get around the rules of"
    " a model, and what the model answered. Some of it may be offensive or wrong, and none of it is advice. Keep it"
    " private, use it only to make the model safer, and follow the provider's terms.\n"
)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who said that the targets ``models`` may be attacked, which are not on this machine, and when."""

    models: tuple[str, ...] = ()
    given: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class HuntEnd:
    """How a hunt stood when a part of the search ended: ``fell``, ``held``, ``ended``, ``broken`` or ``open``."""

    model: str
    method: str
    behaviour: str
    state: str
    queries: int
    reason: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchManifest:
    """What a search is: enough to go on with it, never a key. ``targets``: name -> modality and whether it is an
    organism. ``evaluators`` and ``rejudges``: role -> who judged, at first and again."""

    settings: SearchSettings
    behaviours: tuple[Wanted, ...]
    modality: str
    targets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    authority: Authority = field(default_factory=Authority)
    evaluators: Mapping[str, UsedEvaluator] = field(default_factory=dict)
    rejudges: Mapping[str, UsedEvaluator] = field(default_factory=dict)
    moves: int = 0
    hunts: tuple[HuntEnd, ...] = ()
    plugins: Mapping[str, str] = field(default_factory=dict)
    ended: Ended = field(default_factory=lambda: Ended("running"))
    created: str = ""
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    digests: Digests | None = None
    notice: str = NOTICE.strip()
    format: int = FORMAT

    @property
    def sealed(self) -> bool:
        """Whether the digests are those of everything in the folder."""
        return self.digests is not None and self.ended.how not in UNFINISHED

    def behaviour(self, name: str) -> Behaviour | None:
        """The behaviour with that id."""
        return next((each.behaviour for each in self.behaviours if each.id == name), None)

    def ending(self, how: Any, reason: str = "") -> SearchManifest:
        return replace(self, ended=Ended(how, reason, now()))


def is_search(folder: str | Path) -> bool:
    """Whether a folder holds a search."""
    return (Path(folder) / FILE).is_file()


def write(folder: Path, manifest: SearchManifest) -> None:
    """Write it completely or not at all, with the notice beside it. Raises StoreError."""
    path = folder / FILE
    settings = manifest.settings
    kept = without_credentials(dict(settings.attacker_settings))
    clean = replace(manifest, settings=replace(settings, run=without_secrets(settings.run), attacker_settings=kept))
    written = redact(msgspec.json.encode(clean).decode()).encode()
    if clean.digests is not None:
        values = msgspec.json.decode(written)
        digests = replace(clean.digests, about=about(values))
        digests = replace(digests, root=digests.merkle_root())
        written = msgspec.json.encode({**values, "digests": msgspec.to_builtins(digests)})
    try:
        if not (folder / NOTICE_FILE).exists():
            write_private(folder / NOTICE_FILE, NOTICE.encode())
        write_whole(path, msgspec.json.format(written, indent=2), durable=True)
    except OSError as error:
        hint = "free some space, or choose a writable folder"
        raise StoreError("the search cannot be recorded", where=f"{path}: {error.strerror}", hint=hint) from error


def read_values(folder: Path) -> dict[str, Any]:
    """The JSON values of the record. Raises StoreError where there is none."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        hint = f"name a folder that {verb('attack', '...')} created"
        raise StoreError("this folder contains no search", where=f"{path}: {error.strerror}", hint=hint) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(path, error) from error


def read(folder: Path) -> SearchManifest:
    """The record of a search. Raises StoreError where there is none, or none that this version reads."""
    path, values = folder / FILE, read_values(folder)
    if values.get("format") != FORMAT:
        what = f"the search has format {values.get('format')!r}, this mmdt reads {FORMAT}"
        raise StoreError(what, where=str(path), hint="use the mmdt that wrote it")
    try:
        return msgspec.convert(values, SearchManifest)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> StoreError:
    return StoreError(f"the record of the search is damaged: {error}", where=str(path), hint="restore it from a copy")
