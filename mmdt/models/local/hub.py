"""Looks up commits and small files on the hub of checkpoints, or in its cache on this machine."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

COMMIT = re.compile(r"[0-9a-f]{40}")
_TIMEOUT = 10
"""Seconds the hub has to answer."""


@cache
def commit_of(name: str, revision: str) -> str:
    """The commit from the local cache, else from the hub; empty if neither knows it.

    A file is downloaded as well, so that the cache stores the commit of the revision and later calls need no network.
    """
    files = ("config.json", "model_index.json")
    cached = next(filter(None, (_cached(name, revision, file) for file in files)), None)
    if cached is not None:
        return cached.parent.name
    commit, available = _listed(name, revision)
    for file in files:
        if file in available:
            file_of(name, revision, file)
    return commit


@cache
def file_of(name: str, revision: str, file: str) -> Path | None:
    """The file from the local cache, else from the hub; None if neither has it."""
    cached = _cached(name, revision, file)
    if cached is not None or file not in _listed(name, revision)[1]:
        return cached
    try:
        from huggingface_hub import hf_hub_download

        return Path(hf_hub_download(name, file, revision=revision))
    except Exception:  # no network: loading the checkpoint reports it, with a hint
        return None


def _cached(name: str, revision: str, file: str) -> Path | None:
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError:
        return None
    found = try_to_load_from_cache(name, file, revision=revision)
    return Path(found) if isinstance(found, str) else None


@cache
def _listed(name: str, revision: str) -> tuple[str, frozenset[str]]:
    """The commit and its files from the hub; empty if it does not answer. Called before any download, since a download
    would retry for a minute."""
    try:
        from huggingface_hub import HfApi

        found = HfApi().model_info(name, revision=revision, timeout=_TIMEOUT)
        return str(found.sha or ""), frozenset(each.rfilename for each in found.siblings or ())
    except Exception:  # no network or no such model: loading the checkpoint reports it, with a hint
        return "", frozenset()
