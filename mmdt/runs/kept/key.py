"""The key of a run's scores: equal only where everything that they are computed from is equal."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

import mmdt
from mmdt import plugins
from mmdt.core.scenario import Scenario
from mmdt.plugins.registry import packages
from mmdt.runs.manifest import Manifest

_LIBRARIES = ("numpy", "scipy", "msgspec")


def key_of(folder: Path, manifest: Manifest, scenarios: Mapping[str, Scenario]) -> str:
    """SHA-256 of what the run's folder holds and of the code that scores it; empty where the run cannot be kept.

    The store counts by the digests in the manifest, so the caller must have compared it with them. Pictures count by
    name, size and time of change: they are read again only where one of these is new. Runs that are scored by code
    outside mmdt (plugins, notebooks) are not kept: such code may change and nothing here would notice.
    """
    if manifest.digests is None or manifest.plugins or not all(map(_is_own, scenarios.values())):
        return ""
    if set(packages()) - {"mmdt"} or any(plugins.only_here(*each) for each in _declared(scenarios)):
        return ""
    found = hashlib.sha256()
    parts: list[object] = [
        manifest.digests.root,
        manifest.digests.about,
        manifest.digests.file,
        manifest.ended.how,
        sorted(scenarios),
        _digest_of(folder / "labels.jsonl"),
        code(),
    ]
    found.update(msgspec.msgpack.encode(parts))
    for line in _pictures(folder / "artifacts"):
        found.update(line)
    return found.hexdigest()


@cache
def code() -> str:
    """SHA-256 of mmdt's own source and of the versions of what it computes with."""
    found = hashlib.sha256(platform.python_version().encode())
    for name in _LIBRARIES:
        found.update(f"{name} {version(name)}\n".encode())
    root = Path(mmdt.__file__).parent
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".toml", ".tsv", ".md", ".txt") and path.is_file():
            found.update(path.relative_to(root).as_posix().encode() + b"\x00" + path.read_bytes())
    return found.hexdigest()


def _declared(scenarios: Mapping[str, Scenario]) -> Iterator[tuple[str, str]]:
    """What the numbers rest on, by group and name: a benchmark counts by its text, which the manifest has."""
    yield from ((plugins.SCENARIOS, address) for address in scenarios)
    yield from ((plugins.PERSPECTIVES, each.name) for each in plugins.perspectives())


def _is_own(scenario: Scenario) -> bool:
    parts = (scenario.score, *(metric.estimate for metric in scenario.metrics))
    return all((getattr(each, "__module__", "") or type(each).__module__).startswith("mmdt.") for each in parts)


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _pictures(folder: Path) -> Iterable[bytes]:
    """A line for each file, in the order of their names."""
    if not folder.is_dir():
        return
    for inner in sorted(entry.path for entry in os.scandir(folder)):
        with os.scandir(inner) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                stat = entry.stat()
                yield f"{entry.name} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}\n".encode()
