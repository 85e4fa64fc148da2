"""A run while it runs: counts by cell, and what was used, read from its store."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from mmdt.engine.errors import sqlite_error
from mmdt.engine.store.lock import worked_on_by
from mmdt.engine.store.store import Store
from mmdt.errors import StoreError
from mmdt.runs import manifest as manifests
from mmdt.runs.manifest import Manifest

_SEEN = """SELECT cell, sum(missing = 0), sum(missing = 1) FROM observations JOIN cases USING (n) GROUP BY cell"""


def is_running(folder: Path) -> bool:
    """Whether a process works on the run."""
    return manifests.read(folder).ended.how in manifests.UNFINISHED and bool(worked_on_by(folder))


def progress(folder: Path) -> dict[str, Any]:
    """Counts of the run so far, as JSON values. Raises StoreError where the run cannot be read."""
    manifest = manifests.read(folder)
    holder = worked_on_by(folder)
    about = {
        "model": str(manifest.model.get("name") or manifest.settings.model),
        "created": manifest.created,
        "running": manifest.ended.how in manifests.UNFINISHED and bool(holder),
        "how": manifest.ended.how,
        "reason": manifest.ended.reason,
        "holder": holder,
        "loading": not manifest.loaded,
    }
    try:
        with Store.open(folder) as store:
            return {**about, **_counts(store, manifest)}
    except StoreError:
        if not about["running"]:
            raise
        return {**about, "cells": [], "models": [], "requests": 0, "cost": None}  # it has not begun to store


def _counts(store: Store, manifest: Manifest) -> dict[str, Any]:
    counts = store.counts()
    try:
        seen = {cell: (made, missing) for cell, made, missing in store.db.execute(_SEEN)}
    except sqlite3.Error as error:
        raise sqlite_error(error, store.folder) from error
    spent = store.spent()
    costs = [each.usage.cost for each in spent.values() if each.usage.cost is not None]
    return {
        "cells": [
            {
                "cell": cell,
                "wanted": each.wanted,
                "asked": each.asked,
                "answered": each.answered,
                "refused": each.refused,
                "failed": each.failed,
                "observations": seen.get(cell, (0, 0))[0],
                "missing": seen.get(cell, (0, 0))[1],
            }
            for cell, each in counts.items()
        ],
        "models": [
            {"model": name, "requests": each.requests, "in": each.usage.input_tokens, "out": each.usage.output_tokens}
            for name, each in spent.items()
        ],
        "requests": sum(each.requests for each in spent.values()),
        "cost": sum(costs) if costs else None,
        "judges": sorted({each.name for each in manifest.evaluators.values()}),
    }
