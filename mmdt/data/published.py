"""Cases from the published datasets: on the hub, or in a local copy of its layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from mmdt.core.case import Case
from mmdt.core.scenario import Published, Scenario
from mmdt.data.hub import HubDataset
from mmdt.data.local import find_copy
from mmdt.data.row import DataRow, join_rows
from mmdt.errors import DataError, MmdtError

OnBadRow = Callable[[DataError], None]
"""Called with the error of each row that is skipped."""


class PublishedDataset(Protocol):
    """One dataset: its splits and their rows."""

    def splits(self, config: str) -> Sequence[str]: ...

    def rows(self, config: str, split: str) -> Iterator[DataRow]: ...

    def fingerprint(self, places: Iterable[tuple[str, str]]) -> str: ...


class PublishedSource:
    """The published datasets, from the hub (``folder`` None) or from a folder with local copies."""

    def __init__(self, folder: Path | None, revision: str | None) -> None:
        self.folder = folder
        self.revision = revision
        self._datasets: dict[str, PublishedDataset] = {}

    def cases(self, scenarios: Sequence[Scenario], bad: OnBadRow | None) -> Iterator[Case]:
        """The scenarios' cases. A split that several scenarios share is read once.

        A bad row raises DataError, unless ``bad`` is given: then it is skipped and ``bad`` gets the error.
        """
        shared: dict[tuple[str, str, str, object], list[tuple[Scenario, Published]]] = {}
        for scenario in scenarios:
            for entry in scenario.published:
                place = (entry.repo, entry.config, self._split(entry), entry.together)
                shared.setdefault(place, []).append((scenario, entry))
        for (repo, config, split, _), readers in shared.items():
            rows: Iterable[DataRow] = self._dataset(repo).rows(config, split)
            together = readers[0][1].together
            if together is not None:
                rows = join_rows(rows, together)
            for row in rows:
                for scenario, entry in readers:
                    yield from _cases_of(row, scenario, entry, bad)

    def fingerprint(self, scenarios: Iterable[Scenario]) -> str:
        """``repo@commit`` or ``repo@sha256:...`` for every dataset the scenarios use."""
        places: dict[str, set[tuple[str, str]]] = {}
        for scenario in scenarios:
            for entry in scenario.published:
                places.setdefault(entry.repo, set()).add((entry.config, self._split(entry)))
        return " ".join(f"{repo}@{self._dataset(repo).fingerprint(used)}" for repo, used in sorted(places.items()))

    def _split(self, entry: Published) -> str:
        names = entry.split.split("|")
        there = self._dataset(entry.repo).splits(entry.config) if len(names) > 1 else ()
        return next((name for name in names if name in there), names[0])

    def _dataset(self, repo: str) -> PublishedDataset:
        if repo not in self._datasets:
            self._datasets[repo] = (
                HubDataset(repo, self.revision) if self.folder is None else find_copy(self.folder, repo)
            )
        return self._datasets[repo]


def _cases_of(row: DataRow, scenario: Scenario, entry: Published, bad: OnBadRow | None) -> Sequence[Case]:
    try:
        made = entry.case(row)
        cases = () if made is None else (made,) if isinstance(made, Case) else tuple(made)
        for case in cases:
            _check(row, case, scenario)
    except MmdtError as error:
        problem = error if isinstance(error, DataError) else row.error("task", error.what)
        if bad is None:
            raise problem from error
        bad(problem)
        return ()
    return cases


def _check(row: DataRow, case: Case, scenario: Scenario) -> None:
    if case.cell.parent != scenario.address:
        raise row.error("task", f"the row belongs to {case.cell.parent}, not to {scenario.address}")
    if scenario.tasks is not None and case.cell.task not in scenario.tasks:
        known = ", ".join(scenario.tasks)
        raise row.error("task", f"{case.cell.task!r} is not a task of {scenario.address} (its tasks: {known})")
    problem = scenario.check(case)
    if problem is not None:
        raise row.error("", f"{problem.what} ({case.cell})")
