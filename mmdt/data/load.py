"""Load the cases of scenarios: from the hub, a local copy of it, the user's own files, or embedded data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from mmdt.core.case import Case
from mmdt.core.cell import Cell, Selection
from mmdt.core.scenario import CaseSource, Origin, Scenario
from mmdt.data.columns import NAMES
from mmdt.data.embedded import EmbeddedSource
from mmdt.data.files import FileSource
from mmdt.data.labels import FILES as LABEL_FILES
from mmdt.data.local import has_configs, is_copy
from mmdt.data.published import OnBadRow, PublishedSource
from mmdt.data.records import is_data
from mmdt.data.sample import sample
from mmdt.errors import DataError, MmdtError, UsageError
from mmdt.spelling import option, verb

HUB = "hub"
EMBEDDED = "embedded"
DEFAULT_SIZE = 20
"""Embedded cases per task, unless the user sets another number."""
_MAX_MESSAGES = 20
_NAMED = 5
"""Bad rows that an error names."""
_LOOKED_AT = 2_000
"""Good rows that are read after a bad one, to find others."""


@dataclass(frozen=True, slots=True)
class DataOptions:
    """Where cases come from.

    ``source``: ``hub``, ``embedded``, or the path of a local copy of the hub's layout or of the user's own file (JSONL,
    JSON, CSV, parquet) or folder of such files; several of these are read together. ``limit``: the most cases per cell,
    sampled by ``seed``. ``size``: embedded cases per task; without one, no more are made than ``limit`` asks for.
    ``revision``: a commit, tag or branch on the hub. ``skip_bad``: skip bad rows instead of stopping at the first.
    ``images``: folders of pictures that rows of a benchmark name."""

    source: str | tuple[str, ...]
    seed: int = 0
    limit: int | None = None
    size: int | None = None
    revision: str | None = None
    skip_bad: bool = False
    images: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Each source by itself."""
        return (self.source,) if isinstance(self.source, str) else tuple(dict.fromkeys(self.source))

    @property
    def named(self) -> str:
        """All of them, for people."""
        return " + ".join(self.places)


@dataclass(slots=True)
class BadRows:
    """The number of rows that were skipped, and the first few messages."""

    count: int = 0
    messages: list[str] = field(default_factory=list)

    def add(self, error: DataError) -> None:
        self.count += 1
        if len(self.messages) < _MAX_MESSAGES:
            self.messages.append(str(error))


def open_source(place: str, options: DataOptions) -> CaseSource:
    """The source at one of the options' places. Raises UsageError when it does not exist."""
    if place == EMBEDDED:
        return EmbeddedSource(options.seed, options.size or min(DEFAULT_SIZE, options.limit or DEFAULT_SIZE))
    if place == HUB:
        return PublishedSource(None, options.revision)
    path = Path(place).expanduser()
    if not path.exists():
        raise UsageError(
            f"no data at {place!r}",
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
            where=options.named,
            hint=f"{verb('plan', 'MODEL')} without {option('select')} shows the cells it has; select some of them, or"
            f" use other {option('data')}",
        )


def are_files(options: DataOptions) -> bool:
    """Whether all data is the user's own files."""
    return all(isinstance(open_source(place, options), FileSource) for place in options.places)


def data_fingerprint(scenarios: Iterable[Scenario], options: DataOptions) -> str:
    """The version of the data: commits on the hub, hashes of local files, or the version of the embedded generators."""
    parts = _parts(tuple(scenarios), options)
    return " ".join(dict.fromkeys(source.fingerprint(mine) for source, mine in parts))


def offered(source: str | Sequence[str], scenarios: Iterable[Scenario]) -> set[str]:
    """The addresses of the scenarios that a source, or one of several, may have cases for.

    Some scenarios are not published and some not embedded. A user's own files have those that they name; if they name
    no known scenario, all are returned, so that loading reports what is wrong. Raises UsageError for a source that does
    not exist, and where none of them has the data of a benchmark.
    """
    places = (source,) if isinstance(source, str) else tuple(source)
    known = {each.address: each for each in scenarios}
    plain = {address: each for address, each in known.items() if each.origin is None}
    found = {address for origin in _origins(known.values()) for address in origin.offered(places)}
    if not plain:
        return found & known.keys()
    each_has = [_has(place, plain) for place in places]
    return found & known.keys() | (set().union(*each_has) or (set() if found else set(plain)))


def _has(place: str, known: Mapping[str, Scenario]) -> set[str]:
    """The scenarios that one place may have cases for; empty where a user's files name none."""
    opened = open_source(place, DataOptions(place))
    if isinstance(opened, EmbeddedSource):
        return {address for address, each in known.items() if each.embedded is not None}
    if isinstance(opened, FileSource):
        return set(opened.rows().keys() & known.keys())
    return {address for address, each in known.items() if place != HUB or each.published}


def _origins(scenarios: Iterable[Scenario]) -> list[Origin]:
    return list({id(each.origin): each.origin for each in scenarios if each.origin is not None}.values())


def _parts(scenarios: Sequence[Scenario], options: DataOptions) -> list[tuple[CaseSource, Sequence[Scenario]]]:
    """Every source that is read, with the scenarios that it is read for."""
    parts: list[tuple[CaseSource, Sequence[Scenario]]] = []
    for origin in _origins(scenarios):
        mine = [each for each in scenarios if each.origin is origin]
        parts.append((origin.open(options.places, options.images, options.revision), mine))
    plain = {each.address: each for each in scenarios if each.origin is None}
    for place in options.places if plain else ():
        source = open_source(place, options)
        alone = len(options.places) == 1
        mine = [each for each in plain.values() if alone or _may_hold(source, each)]
        if mine:
            parts.append((source, mine))
    return parts


def _may_hold(source: CaseSource, scenario: Scenario) -> bool:
    """Whether one of several sources is to be read for a scenario. A user's files say themselves what they hold."""
    if isinstance(source, EmbeddedSource):
        return scenario.embedded is not None
    return not isinstance(source, PublishedSource) or source.holds(scenario)


def row_counts(options: DataOptions) -> Mapping[str, int] | None:
    """The number of rows of the user's own files by the scenario's address; None where any other source is read.

    Raises UsageError for a source that does not exist.
    """
    found: Counter[str] = Counter()
    for place in options.places:
        opened = open_source(place, options)
        if not isinstance(opened, FileSource):
            return None
        found.update(opened.rows())
    return found


def _selected(
    scenarios: Sequence[Scenario],
    selection: Selection,
    options: DataOptions,
    bad: BadRows,
    sizes: MutableMapping[str, int] | None = None,
) -> Iterator[Case]:
    parts = _parts(scenarios, options)
    matches: dict[Cell, bool] = {}

    def cases(first: bool) -> Iterator[Case]:
        return read(bad.add if first else _ignore) if options.skip_bad else _whole_or_error(read)

    def read(report: OnBadRow) -> Iterator[Case]:
        for case in chain.from_iterable(source.cases(mine, report) for source, mine in parts):
            if case.cell not in matches:
                matches[case.cell] = selection.matches(case.cell)
            if matches[case.cell]:
                yield case

    if options.limit is None:
        return cases(True)
    if all(isinstance(source, EmbeddedSource) for source, _ in parts):  # drawing them takes longer than keeping them
        made = list(cases(True))
        return sample(lambda first: iter(made), options.limit, options.seed, sizes)
    return sample(cases, options.limit, options.seed, sizes)


class _BadRowError(Exception):
    """Ends the reading of data once enough bad rows are found."""


class _FirstBadRows:
    """Collects the first bad rows of data that is not to be used with them."""

    def __init__(self) -> None:
        self.found: list[DataError] = []

    def __call__(self, error: DataError) -> None:
        self.found.append(error)
        if len(self.found) == _NAMED:
            raise _BadRowError

    def problem(self) -> DataError:
        """The first of them, with the others named in the hint."""
        first, *others = self.found
        if not others:
            return first
        listed = "; ".join(f"{each.what} ({each.where})" for each in others)
        return DataError(first.what, where=first.where, hint=f"{first.hint}. Also bad: {listed}".lstrip(". "))


def _whole_or_error(cases: Callable[[OnBadRow], Iterator[Case]]) -> Iterator[Case]:
    """The cases up to the first bad row; then the rows after it are read for others of its kind, and all are named."""
    bad = _FirstBadRows()
    read = 0
    try:
        for case in cases(bad):
            if not bad.found:
                yield case
            elif (read := read + 1) == _LOOKED_AT:
                break
    except _BadRowError:
        pass
    except MmdtError:
        if not bad.found:
            raise
    if bad.found:
        raise bad.problem()


def _ignore(_: DataError) -> None:
    """The second pass over the data finds the same bad rows again."""
