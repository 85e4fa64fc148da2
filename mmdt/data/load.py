"""Cases of scenarios, from wherever the user says: the hub, a local copy of it, files of their own, or embedded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mmdt.core.case import Case
from mmdt.core.cell import Cell, Selection
from mmdt.core.scenario import Scenario
from mmdt.data.embedded import EmbeddedSource
from mmdt.data.files import FileSource
from mmdt.data.local import is_copy
from mmdt.data.records import is_data
from mmdt.data.sample import sample
from mmdt.data.table import PublishedSource, Report
from mmdt.errors import DataError, UsageError

HUB = "hub"
EMBEDDED = "embedded"
DEFAULT_SIZE = 20
"""Embedded cases a task, where the user names no number."""
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class DataOptions:
    """Where cases come from.

    ``source``: ``hub``, ``embedded``, or the path of a local copy of the hub's layout or of the user's own file
    (JSONL, CSV, parquet) or folder of such files. ``limit``: at most so many cases a cell, a sample that ``seed``
    decides. ``size``: embedded cases a task. ``revision``: a commit, tag or branch on the hub. ``skip_bad``: leave bad
    rows out instead of stopping at the first.
    """

    source: str
    seed: int = 0
    limit: int | None = None
    size: int | None = None
    revision: str | None = None
    skip_bad: bool = False


@dataclass(slots=True)
class BadRows:
    """The rows that were left out: how many, and the first few messages."""

    count: int = 0
    messages: list[str] = field(default_factory=list)

    def add(self, error: DataError) -> None:
        self.count += 1
        if len(self.messages) < _SHOWN:
            self.messages.append(str(error))


class Source(Protocol):
    """Gives the cases of scenarios. A bad row raises DataError, or is left out and told to ``bad``."""

    def cases(self, scenarios: Sequence[Scenario], bad: Report | None) -> Iterator[Case]: ...

    def fingerprint(self, scenarios: Iterable[Scenario]) -> str: ...


def open_source(options: DataOptions) -> Source:
    """The source that the options name. Raises UsageError when there is no such thing."""
    if options.source == EMBEDDED:
        return EmbeddedSource(options.seed, options.size or DEFAULT_SIZE, options.limit)
    if options.source == HUB:
        return PublishedSource(None, options.revision)
    path = Path(options.source).expanduser()
    if not path.exists():
        raise UsageError(
            f"no data at {options.source!r}", where="--data", hint="give hub, embedded, or the path of a file or folder"
        )
    return PublishedSource(path, None) if path.is_dir() and _holds_copies(path) else FileSource(path)


def _holds_copies(folder: Path) -> bool:
    """Whether datasets in the hub's layout stand in or below a folder; data files directly in it are the user's own."""
    own = any(is_data(each) for each in folder.iterdir())
    return not own and any(is_copy(each) for each in (folder, *folder.glob("*"), *folder.glob("*/*")))


def load_cases(
    scenario: Scenario, selection: Selection, options: DataOptions, *, bad: BadRows | None = None
) -> Iterator[Case]:
    """The selected cases of one scenario, streamed; possibly none.

    Raises DataError for a bad row (unless ``skip_bad``; then ``bad`` counts them), UsageError for a source that is
    not there.
    """
    return _selected((scenario,), selection, options, bad if bad is not None else BadRows())


def load_all(
    scenarios: Iterable[Scenario], selection: Selection, options: DataOptions, *, bad: BadRows | None = None
) -> Iterator[Case]:
    """The selected cases of several scenarios; files and splits that they share are read once.

    Raises DataError as ``load_cases`` does, and when nothing is left in the end.
    """
    found = False
    bad = bad if bad is not None else BadRows()
    chosen = tuple(scenarios)
    for case in _selected(chosen, selection, options, bad):
        found = True
        yield case
    if not found:
        left_out = f", and {bad.count} bad rows were left out" if bad.count else ""
        raise DataError(
            f"the data has no case that is selected{left_out}",
            where=options.source,
            hint="`mmdt plan` without --select shows the cells it has; select among them, or name other --data",
        )


def data_fingerprint(scenarios: Iterable[Scenario], options: DataOptions) -> str:
    """What the cases are made from: commits of the hub, hashes of local files, or the embedded generator's version."""
    return open_source(options).fingerprint(scenarios)


def offered(source: str, scenarios: Iterable[Scenario]) -> set[str]:
    """The addresses of those that a source can hold: some scenarios are not published, some are not embedded, and a
    user's own files hold what they name (or everything, where they name nothing that is known: loading says why).

    Raises UsageError for a source that is not there.
    """
    known = {each.address: each for each in scenarios}
    opened = open_source(DataOptions(source))
    if isinstance(opened, EmbeddedSource):
        return {address for address, each in known.items() if each.embedded is not None}
    if isinstance(opened, FileSource):
        return set(opened.addresses() & known.keys()) or set(known)
    return {address for address, each in known.items() if source != HUB or each.published}


def _selected(
    scenarios: Sequence[Scenario], selection: Selection, options: DataOptions, bad: BadRows
) -> Iterator[Case]:
    source = open_source(options)
    matches: dict[Cell, bool] = {}

    def cases(first: bool) -> Iterator[Case]:
        report = (bad.add if first else _already_told) if options.skip_bad else None
        for case in source.cases(scenarios, report):
            if case.cell not in matches:
                matches[case.cell] = selection.matches(case.cell)
            if matches[case.cell]:
                yield case

    if options.limit is None or options.source == EMBEDDED:  # embedded data keeps to the limit by itself
        return cases(True)
    return sample(cases, options.limit, options.seed)


def _already_told(_: DataError) -> None:
    """The second reading of the data meets the same bad rows again."""
