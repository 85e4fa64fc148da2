"""Doctor: what this machine has and lacks for a run, with a hint for each problem."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mmdt.models.check import Finding, check_endpoint
from mmdt.plugins import libraries
from mmdt.plugins.facts import key_variables
from mmdt.spelling import option

RAY_WITH_TOKENS = (2, 59)
"""The first version that turns its token on by itself for a cluster on one machine."""
FREE_BYTES = 2 * 1024**3


def doctor(model: str = "", settings: Mapping[str, Any] | None = None, folder: str = "runs") -> list[Finding]:
    """Check Python, the disk, the extras and, if a model is named, its key and endpoint."""
    findings = [_python(), _sqlite(), *_disk(Path(folder)), *_extras(), *ray_findings()]
    if model:
        findings += asyncio.run(check_endpoint(model, settings or {}))
    return findings


def _python() -> Finding:
    return Finding("ok", f"Python {sys.version.split()[0]}")


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info < (3, 35):
        return Finding("problem", f"SQLite {sqlite3.sqlite_version}", "use a Python built with SQLite 3.35 or newer")
    return Finding("ok", f"SQLite {sqlite3.sqlite_version}")


def _disk(folder: Path) -> list[Finding]:
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.is_dir())
    try:
        with tempfile.TemporaryFile(dir=there):
            writable = Finding("ok", f"runs can be written to {there}")
    except OSError as error:
        return [
            Finding(
                "problem", f"{there} is not writable: {error.strerror}", f"choose another folder with {option('out')}"
            )
        ]
    free = shutil.disk_usage(there).free
    if free < FREE_BYTES:
        hint = "free some space: the pictures of a whole benchmark take gigabytes"
        return [writable, Finding("warning", f"{free / 1024**3:.1f} GiB free", hint)]
    return [writable, Finding("ok", f"{free / 1024**3:.0f} GiB free")]


def _extras() -> list[Finding]:
    return [_extra(name, needed) for name, needed in libraries.extras().items()]


def _extra(name: str, needed: tuple[str, ...]) -> Finding:
    versions = {library: libraries.installed(library) for library in needed}
    missing = [library for library, number in versions.items() if not number]
    if missing:
        what = f"extra {name} is not installed (it lacks {', '.join(missing)})"
        return Finding(
            "warning", what, f"pip install 'mmdt[{name}]' if you need it: docs/dependencies.md says what for"
        )
    return Finding("ok", f"extra {name}: {', '.join(f'{library} {number}' for library, number in versions.items())}")


def ray_findings() -> list[Finding]:
    """Whether a Ray cluster that mmdt starts here is closed to others; nothing where Ray is not installed."""
    try:
        found = version("ray")
    except PackageNotFoundError:
        return []
    if tuple(int(part) for part in found.split(".")[:2]) < RAY_WITH_TOKENS:
        hint = "pip install 'mmdt[ray]'"
        return [Finding("problem", f"Ray {found} starts clusters that anyone who reaches them can use", hint)]
    mode, token = os.environ.get("RAY_AUTH_MODE", "token").lower(), Path.home() / ".ray" / "auth_token"
    if mode != "token":
        hint = "Ray listens on all interfaces, and anyone who can reach it can run code: unset RAY_AUTH_MODE"
        return [Finding("warning", f"Ray's token authentication is off (RAY_AUTH_MODE={mode})", hint)]
    if os.name == "posix" and token.is_file() and token.stat().st_mode & 0o077:
        return [Finding("warning", "other users of this machine can read Ray's token", f"chmod 600 {token}")]
    what = "Ray listens on all interfaces of this machine; a cluster that mmdt starts wants a token (docs/scale.md)"
    return [Finding("ok", what)]


def keys_in_environment() -> list[str]:
    """Names (never values) of the variables with keys that are set and that a runtime here reads."""
    return [name for name in key_variables() if os.environ.get(name)]
