"""The list of runs: what each is, how it ended, its headlines and its cost."""

from __future__ import annotations

import math
from collections.abc import Set
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import msgspec

from mmdt.core.estimate import Estimate
from mmdt.engine.store.lock import worked_on_by
from mmdt.errors import MmdtError
from mmdt.report.export.model_table import Number
from mmdt.report.facts import read_facts
from mmdt.report.names import DisplayNames
from mmdt.report.used import money
from mmdt.report.view import totals
from mmdt.report.wording import ARROWS, interval_text, value_text
from mmdt.runs import manifest as manifests
from mmdt.runs.collection import numbers_of
from mmdt.runs.result import Run
from mmdt.search.manifest import is_search
from mmdt.server.viewer import searched
from mmdt.server.viewer.folders import RunFolders, state_of
from mmdt.server.viewer.working import SCORING, WatchedRun, Working

Json = dict[str, Any]


class RunList:
    """Rows for the page. What is in a manifest is there at once; headlines are computed in a thread, one run after the
    other, the smallest first, and kept until the run changes."""

    def __init__(self, folders: RunFolders) -> None:
        self._folders = folders
        self._lock = Lock()
        self._known: dict[str, tuple[object, Json]] = {}
        self._working = False
        self._now: tuple[str, Working] = ("", Working())

    def rows(self) -> list[Json]:
        """One row for each run, the newest first; ``pending`` where its headlines are still to come, with how far they
        are."""
        found = self._folders.found()
        rows, waiting = [], False
        for key, folder in found.items():
            row = {"key": key, "folder": str(folder), **_row(folder)}
            state, numbers = self._known.get(key, (None, {}))
            if state != state_of(folder) and _is_over(row):
                row["pending"] = (self._now[1] if self._now[0] == key else Working()).shown()
                waiting = True
            rows.append({**row, **numbers})
        if waiting:
            self._begin()
        return rows

    def _begin(self) -> None:
        with self._lock:
            if self._working:
                return
            self._working = True
        Thread(target=self._compute, name="mmdt-list", daemon=True).start()

    def _compute(self) -> None:
        seen: set[str] = set()
        try:
            while (found := self._next(seen)) is not None:
                key, folder = found
                seen.add(key)
                state, working = state_of(folder), Working()
                self._now = key, working
                self._known[key] = state, searched.numbers(folder) if is_search(folder) else _numbers(folder, working)
        finally:
            self._now = "", Working()
            self._working = False

    def _next(self, seen: Set[str]) -> tuple[str, Path] | None:
        """The smallest run whose numbers are still to come; one that appeared meanwhile counts as well."""
        states = {key: (folder, state_of(folder)) for key, folder in self._folders.found().items() if key not in seen}
        sizes = {
            key: sum(size for size, _ in state)
            for key, (folder, state) in states.items()
            if self._known.get(key, (None,))[0] != state and _is_over(_row(folder))
        }
        key = min(sizes, key=lambda each: sizes[each], default="")
        return (key, states[key][0]) if key else None


def _row(folder: Path) -> Json:
    return (searched.about if is_search(folder) else _about)(folder)


def _is_over(row: Json) -> bool:
    """Whether its numbers can be computed: it does not run, and it can be read."""
    return not row["running"] and not row["error"]


def _about(folder: Path) -> Json:
    """What the manifest says, or why it cannot be read."""
    try:
        manifest = manifests.read(folder)
    except MmdtError as error:
        return {"model": folder.name, "error": str(error), "running": False, "how": "unreadable"}
    facts = read_facts(msgspec.to_builtins(manifest))
    running = manifest.ended.how in manifests.UNFINISHED and bool(worked_on_by(folder))
    judge = manifest.evaluators.get("judge")
    cost = manifest.use.cost if manifest.use else None
    return {
        "model": facts.model,
        "created": manifest.created,
        "when": facts.created,
        "data": ", ".join(value for _, value in facts.data[:1]),
        "judge": judge.name if judge else "",
        "how": "running" if running else "killed" if manifest.ended.how in manifests.UNFINISHED else manifest.ended.how,
        "reason": manifest.ended.reason,
        "running": running,
        "cost": cost,
        "cost_text": "" if cost is None else money(cost),
        "error": "",
    }


def _numbers(folder: Path, working: Working) -> Json:
    """Outputs, missing ones and headlines, computed as ``mmdt show`` does."""
    try:
        working.begin(SCORING)
        run = WatchedRun.of(Run.open(folder), working)
        card = run.scorecard()
        found = list(numbers_of(card, (), DisplayNames.of(run.titled())))
    except MmdtError as error:
        return {"error": str(error)}
    except Exception as error:  # a scenario of the user's own may fail in any way: the list shows the others
        return {"error": f"the numbers cannot be computed: {error}"}
    total = totals(card)
    return {"headlines": [_shown(*each) for each in found], "outputs": total.total, "missing": total.missing}


def _shown(number: Number, estimate: Estimate) -> Json:
    return {
        "title": number.title,
        "arrow": ARROWS[number.direction],
        "value": None if math.isnan(estimate.value) else estimate.value,
        "text": value_text(estimate.value, percent=number.percent),
        "interval": interval_text(estimate.low, estimate.high, percent=number.percent),
    }
