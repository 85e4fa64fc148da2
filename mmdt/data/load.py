"""Load the cases of scenarios: from the hub, a local copy of it, the user's own files, or embedded data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mmdt.core.case import Case
from mmdt.core.cell import Cell, Selection
from mmdt.core.scenario import Scenario
from mmdt.data.columns import NAMES
from mmdt.data.embedded import EmbeddedSource
from mmdt.data.files import FileSource
from mmdt.data.labels import FILES as LABEL_FILES
from mmdt.data.local import has_configs, is_copy
from mmdt.data.published import OnBadRow, PublishedSource
from mmdt.data.records import is_data
from mmdt.data.sample import sample
from mmdt.errors import DataError, UsageError
from mmdt.spelling import option, verb

HUB = "hub"
EMBEDDED = "embedded"
DEFAULT_SIZE = 20
"""Embedded cases per task, unless the user sets another number."""
_MAX_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class DataOptions:
    """Where cases come from.

    ``source``: ``hub``, ``embedded``, or the path of a local copy of the hub's layout or of the user's own file (JSONL,
    CSV, parquet) or folder of such files. ``limit``: the most cases per cell, sampled by ``seed``. ``size``: embedded
    cases per task; without one, no more are made than ``limit`` asks for. ``revision``: a commit, tag or branch on the
    hub. ``skip_bad``: skip bad rows instead of stopping at the first."""

    source: str
    seed: int = 0
    limit: int | None = None
    size: int | None = None
    revision: str | None = None
    skip_bad: bool = False


@dataclass(slots=True)
class BadRows:
    """The number of rows that were skipped, and the first few messages."""

    count: int = 0
    messages: list[str] = field(default_factory=list)

    def add(self, error: DataError) -> None:
        self.count += 1
        if len(self.messages) < _MAX_MESSAGES:
            self.messages.append(str(error))


class CaseSource(Protocol):
    """Yields the cases of scenarios.

    A bad row raises DataError, unless ``bad`` is given: then it is skipped and ``bad`` gets the error.
    """

    def cases(self, scenarios: Sequence[Scenario], bad: OnBadRow | None) -> Iterator[Case]: ...

    def fingerprint(self, scenarios: Iterable[Scenario]) -> str: ...


def open_source(options: DataOptions) -> CaseSource:
    """The source that the options name. Raises UsageError when it does not exist."""
    if options.source == EMBEDDED:
        return EmbeddedSource(options.seed, options.size or min(DEFAULT_SIZE, options.limit or DEFAULT_SIZE))
    if options.source == HUB:
        return PublishedSource(None, options.revision)
    path = Path(options.source).expanduser()
    if not path.exists():
        raise UsageError(
            f"no data at {options.source!r}",
            where=option("data"),
            hint="use hub, embedded, or the path of a file or folder",
        )
    return PublishedSource(path, None) if path.is_dir() and _holds_copies(path) else FileSource(path)


def _holds_copies(folder: Path) -> bool:
    """Whether a folder contains datasets in the hub's layout.

    Data files directly in it are the user's own, unless it has the name of a dataset or a README with ``configs``.
    """
    if folder.name in NAMES or has_configs(folder):
        return is_copy(folder, named=folder.name in NAMES)
    own = any(is_data(each) and each.name not in LABEL_FILES for each in folder.iterdir())
    below = (folder, *folder.glob("*"), *folder.glob("*/*"))
    return not own and any(is_copy(each, named=each.name in NAMES) for each in below)


def load_cases(
    scenario: Scenario, selection: Selection, options: DataOptions, *, bad: BadRows | None = None
) -> Iterator[Case]:
    """The selected cases of one scenario, streamed; there may be none.

    Raises DataError for a bad row (with ``skip_bad``, ``bad`` counts it instead) and UsageError for a source that does
    not exist.
    """
    return _selected((scenario,), selection, options, bad if bad is not None else BadRows())


def load_all(
    scenarios: Iterable[Scenario],
    selection: Selection,
    options: DataOptions,
    *,
    bad: BadRows | None = None,
    sizes: MutableMapping[str, int] | None = None,
) -> Iterator[Case]:
    """The selected cases of several scenarios; files and splits that they share are read once.

    ``sizes`` takes the number of cases that each cell has in the data, where a limit leaves some of them out.
    Raises as ``load_cases`` does, and DataError when there is no case at all.
    """
    found = False
    bad = bad if bad is not None else BadRows()
    chosen = tuple(scenarios)
    for case in _selected(chosen, selection, options, bad, sizes):
        found = True
        yield case
    if not found:
        skipped = f", and {bad.count} bad rows were skipped" if bad.count else ""
        raise DataError(
            f"the data has no selected cases{skipped}",
            where=options.source,
            hint=f"{verb('plan', 'MODEL')} without {option('select')} shows the cells it has; select some of them, or"
            f" use other {option('data')}",
        )


def data_fingerprint(scenarios: Iterable[Scenario], options: DataOptions) -> str:
    """The version of the data: commits on the hub, hashes of local files, or the version of the embedded generators."""
    return open_source(options).fingerprint(scenarios)


def offered(source: str, scenarios: Iterable[Scenario]) -> set[str]:
    """The addresses of the scenarios that a source may have cases for.

    Some scenarios are not published and some not embedded. A user's own files have those that they name; if they name
    no known scenario, all are returned, so that loading reports what is wrong. Raises UsageError for a source that does
    not exist.
    """
    known = {each.address: each for each in scenarios}
    opened = open_source(DataOptions(source))
    if isinstance(opened, EmbeddedSource):
        return {address for address, each in known.items() if each.embedded is not None}
    if isinstance(opened, FileSource):
        return set(opened.rows().keys() & known.keys()) or set(known)
    return {address for address, each in known.items() if source != HUB or each.published}


def row_counts(source: str) -> Mapping[str, int] | None:
    """The number of rows of the user's own files by the scenario's address; None for any other source.

    Raises UsageError for a source that does not exist.
    """
    opened = open_source(DataOptions(source))
    return opened.rows() if isinstance(opened, FileSource) else None


def _selected(
    scenarios: Sequence[Scenario],
    selection: Selection,
    options: DataOptions,
    bad: BadRows,
    sizes: MutableMapping[str, int] | None = None,
) -> Iterator[Case]:
    source = open_source(options)
    matches: dict[Cell, bool] = {}

    def cases(first: bool) -> Iterator[Case]:
        report = (bad.add if first else _ignore) if options.skip_bad else None
        for case in source.cases(scenarios, report):
            if case.cell not in matches:
                matches[case.cell] = selection.matches(case.cell)
            if matches[case.cell]:
                yield case

    if options.limit is None:
        return cases(True)
    if options.source == EMBEDDED:  # made once: drawing them takes longer than keeping them
        made = list(cases(True))
        return sample(lambda first: iter(made), options.limit, options.seed, sizes)
    return sample(cases, options.limit, options.seed, sizes)


def _ignore(_: DataError) -> None:
    """The second pass over the data finds the same bad rows again."""
