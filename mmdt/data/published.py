"""Cases from the published datasets: on the hub, or in a local copy of its layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from mmdt.core.case import Case
from mmdt.core.scenario import Beside, Labels, Published, Scenario
from mmdt.data.hub import HubDataset
from mmdt.data.labels import find_labels, found_label, read_labels
from mmdt.data.local import find_copy
from mmdt.data.row import DataRow, join_rows
from mmdt.errors import DataError, MmdtError, UsageError

OnBadRow = Callable[[DataError], None]
"""Called with the error of each row that is skipped."""


class PublishedDataset(Protocol):
    """One dataset: its splits and their rows."""

    def splits(self, config: str) -> Sequence[str]: ...

    def rows(self, config: str, split: str) -> Iterator[DataRow]: ...

    def fingerprint(self, places: Iterable[tuple[str, str]]) -> str: ...

    def find(self, file_names: Iterable[str]) -> Path | None: ...


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
                place = (self._repo(entry), entry.config, self._split(entry), entry.together)
                shared.setdefault(place, []).append((scenario, entry))
        for (repo, config, split, _), readers in shared.items():
            rows: Iterable[DataRow] = self._dataset(repo).rows(config, split)
            first = readers[0][1]
            if first.labels is not None:
                rows = self._labelled(rows, repo, first.labels)
            if first.beside is not None:
                rows = self._with_others(rows, repo, config, first.beside)
            if first.together is not None:
                rows = join_rows(rows, first.together)
            for row in rows:
                for scenario, entry in readers:
                    yield from _cases_of(row, scenario, entry, bad)

    def holds(self, scenario: Scenario) -> bool:
        """Whether the scenario is published and, of local copies, whether its datasets are in the folder."""
        try:
            for entry in scenario.published:
                self._dataset(self._repo(entry))
        except UsageError:
            return False
        return bool(scenario.published)

    def fingerprint(self, scenarios: Iterable[Scenario]) -> str:
        """``repo@commit`` or ``repo@sha256:...`` for every dataset the scenarios use."""
        places: dict[str, set[tuple[str, str]]] = {}
        for scenario in scenarios:
            for entry in scenario.published:
                places.setdefault(self._repo(entry), set()).add((entry.config, self._split(entry)))
        return " ".join(f"{repo}@{self._dataset(repo).fingerprint(used)}" for repo, used in sorted(places.items()))

    def _repo(self, entry: Published) -> str:
        """The first of the alternatives; of local copies, the first that is there."""
        names = entry.repo.split("|")
        if self.folder is None or len(names) == 1:
            return names[0]
        for name in names:
            try:
                self._dataset(name)
            except UsageError:
                continue
            return name
        return names[0]

    def _labelled(self, rows: Iterable[DataRow], repo: str, labels: Labels) -> Iterator[DataRow]:
        """Rows with the labels of a table in the place of those they lack; the table is read when one lacks any."""
        table: Mapping[str, Mapping[str, str]] | None = None
        for row in rows:
            lacking = [column for column in labels.columns if not row.has(column)]
            if not lacking:
                yield row
                continue
            if table is None:
                table = read_labels(self._label_file(repo, labels), labels)
            yield row.with_values(found_label(row, labels, table, lacking))

    def _with_others(self, rows: Iterable[DataRow], repo: str, config: str, beside: Beside) -> Iterator[DataRow]:
        """Rows with the columns that they take from another split, where the data has it."""
        others: dict[str, dict[str, Any]] = {}
        if beside.split in self._dataset(repo).splits(config):
            for other in self._dataset(repo).rows(config, beside.split):
                key = beside.key(other)
                if key:
                    found = {name: other.raw(column) for name, column in beside.columns.items() if other.has(column)}
                    others.setdefault(key, found)
        for row in rows:
            yield row.with_values(others.get(beside.key(row), {})) if others else row

    def _label_file(self, repo: str, labels: Labels) -> Path:
        return find_labels(self._dataset(repo), repo, labels, self.folder)

    def _split(self, entry: Published) -> str:
        names = entry.split.split("|")
        there = self._dataset(self._repo(entry)).splits(entry.config) if len(names) > 1 else ()
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
