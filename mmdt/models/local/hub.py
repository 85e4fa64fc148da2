"""What the hub of checkpoints, or its cache on this machine, knows: commits, and single small files."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

COMMIT = re.compile(r"[0-9a-f]{40}")
_PATIENCE = 10
"""Seconds the hub has to answer."""


@cache
def commit_of(name: str, revision: str) -> str:
    """The commit from the local cache, else from the hub; empty where it cannot be known now.

    A file is fetched with it: so the cache learns which commit the revision stands for, and the same name is found
    without a network later.
    """
    files = ("config.json", "model_index.json")
    cached = next(filter(None, (_cached(name, revision, file) for file in files)), None)
    if cached is not None:
        return cached.parent.name
    commit, there = _listed(name, revision)
    for file in files:
        if file in there:
            file_of(name, revision, file)
    return commit


@cache
def file_of(name: str, revision: str, file: str) -> Path | None:
    """From the local cache, else from the hub."""
    cached = _cached(name, revision, file)
    if cached is not None or file not in _listed(name, revision)[1]:
        return cached
    try:
        from huggingface_hub import hf_hub_download

        return Path(hf_hub_download(name, file, revision=revision))
    except Exception:  # the network went away: loading says what it is, with the hint
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
    """The commit and its files from the hub; nothing where it does not answer. Asked before anything is fetched, for
    fetching tries again for a minute."""
    try:
        from huggingface_hub import HfApi

        found = HfApi().model_info(name, revision=revision, timeout=_PATIENCE)
        return str(found.sha or ""), frozenset(each.rfilename for each in found.siblings or ())
    except Exception:  # no network, no such model: loading says what it is, with the hint
        return "", frozenset()
