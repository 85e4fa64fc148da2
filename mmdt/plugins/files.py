"""Plugin files: a user's own Python file that registers models, evaluators, attacks or scenarios when it is loaded.

A plugin file is code. ``load`` runs it because the user named it in this process. A run records its plugin files with
their SHA-256, and ``load_recorded`` loads them again for later commands, but only when the user has named that very
file with that very content before: a run folder from somebody else must not be able to run code here.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from mmdt.cache import cache_folder
from mmdt.disk.whole import write_whole
from mmdt.errors import UsageError
from mmdt.plugins import registry
from mmdt.spelling import option

TRUSTED = "plugins.json"
"""In the cache folder: absolute path -> SHA-256 of the content that the user named."""

_loaded: dict[str, str] = {}
"""Absolute path -> SHA-256, of what this process has loaded."""
_sources: dict[str, str] = {}
"""Absolute path -> source, of the same files."""


def load(path: str | Path) -> str:
    """Run the user's plugin file (once per content) and remember that the user trusts it; its SHA-256.

    Raises UsageError where it cannot be read or fails.
    """
    file, content = _read(path)
    digest = hashlib.sha256(content).hexdigest()
    _run(file, digest, content)
    _remember(file, digest)
    return digest


def load_recorded(plugins: Mapping[str, str], where: str) -> None:
    """Load the plugin files of a run (path -> SHA-256). What this process has loaded already is left alone.

    Raises UsageError where one is gone, has changed, or was never named by this user.
    """
    for path, digest in plugins.items():
        if str(Path(path).absolute()) in _loaded:
            continue
        file, content = _read(path)
        if hashlib.sha256(content).hexdigest() != digest:
            raise UsageError(
                f"the run's plugin {path} has changed since the run used it",
                where=where,
                hint=f"restore it, or name it with {option('plugins', [path])} to use it as it is now",
            )
        if _trusted().get(str(file)) != digest:
            raise UsageError(
                f"the run needs the plugin {path}, which was never loaded by you on this machine",
                where=where,
                hint=f"read it, and name it with {option('plugins', [path])} if you trust it",
            )
        _run(file, digest, content)


def sources() -> dict[str, str]:
    """Absolute path -> source of the plugin files that this process has loaded, for a worker on another machine."""
    return dict(_sources)


def load_sources(found: Mapping[str, str]) -> None:
    """Load plugin files on a worker, from the source that its driver has loaded. Raises UsageError where one fails."""
    with registry.on_worker():
        for path, text in found.items():
            content = text.encode()
            _run(Path(path), hashlib.sha256(content).hexdigest(), content)


def digests(paths: tuple[str, ...]) -> dict[str, str]:
    """Absolute path -> SHA-256 of plugin files, loading those that are not loaded yet."""
    return {str(Path(path).absolute()): load(path) for path in paths}


def _read(path: str | Path) -> tuple[Path, bytes]:
    file = Path(path).absolute()
    try:
        return file, file.read_bytes()
    except OSError as error:
        raise UsageError(
            "the plugin file cannot be read", where=f"{path}: {error.strerror}", hint="check the path"
        ) from error


def _run(file: Path, digest: str, content: bytes) -> None:
    """Execute the content that was hashed (once), and not what the file may hold by then."""
    if _loaded.get(str(file)) == digest:
        return
    if file.suffix != ".py":
        raise UsageError("a plugin must be a Python file", where=str(file), hint="give its name the ending .py")
    module = ModuleType(f"mmdt_plugin_{file.stem}_{digest[:8]}")
    module.__file__ = str(file)
    sys.modules[module.__name__] = module  # where dataclasses look for it
    try:
        with registry.loading(str(file)):
            exec(compile(content, str(file), "exec"), module.__dict__)  # noqa: S102 - the user named this file
    except Exception as error:
        del sys.modules[module.__name__]
        what = f"the plugin failed while it was loaded: {type(error).__name__}: {error}"
        raise UsageError(what, where=str(file), hint="fix the file; python FILE shows the traceback") from error
    _loaded[str(file)] = digest
    _sources[str(file)] = content.decode("utf-8", "replace")


def _trusted() -> dict[str, str]:
    try:
        found = json.loads((cache_folder() / TRUSTED).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(file: Path, digest: str) -> None:
    """Best effort: where the cache folder cannot be written, later commands need --plugin again."""
    trusted = _trusted()
    if trusted.get(str(file)) == digest:
        return
    target = cache_folder() / TRUSTED
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, json.dumps({**trusted, str(file): digest}, indent=1).encode())
    except OSError:
        return
