"""Where the cases of a benchmark come from: the hub, or a copy of it in the layout of the original."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from mmdt.benchmarks.cases import case_of
from mmdt.benchmarks.declaration import Declaration, Part, Rows
from mmdt.benchmarks.files import folder_of, matching, rows_of, whole
from mmdt.benchmarks.pictures import Pictures
from mmdt.benchmarks.template import as_text, is_wanted, text_of
from mmdt.core.case import Case
from mmdt.core.scenario import Scenario
from mmdt.data.hub import HubFiles, explained
from mmdt.data.load import EMBEDDED, HUB
from mmdt.data.local import FolderFiles
from mmdt.data.repository import Files
from mmdt.data.row import DataRow, SplitAddress
from mmdt.errors import DataError, MmdtError, UsageError

OnBadRow = Callable[[DataError], None]
_DEPTH = 2


class BenchmarkData:
    """The data of one benchmark: the origin of its scenarios."""

    def __init__(self, declared: Declaration, base: Path | None = None) -> None:
        self.declared = declared
        self.base = base  # the folder of a declaration of the user's, whose data may lie beside it
        self._copies: dict[tuple[str, ...], Files | None] = {}

    def open(self, places: Sequence[str], images: Sequence[str], revision: str | None) -> BenchmarkSource:
        """Raises UsageError or DataError where the data is in none of the places."""
        copy = self._copy(places)
        if copy is not None:
            return BenchmarkSource(self.declared, [copy], images)
        hubs = list(dict.fromkeys(rows.hub for part in self.declared.scenario for rows in part.rows if rows.hub))
        if HUB not in places or not hubs:
            raise self._absent(places)
        at = revision or self.declared.revision or None
        return BenchmarkSource(self.declared, [_hub(repo, at) for repo in hubs], images)

    def offered(self, places: Sequence[str]) -> frozenset[str]:
        """The addresses of the scenarios whose files are there; all of the hub's."""
        copy = self._copy(places)
        parts = self.declared.scenario
        if copy is None:
            self.open(places, (), None) if HUB not in places else None
            there = [part for part in parts if any(rows.hub for rows in part.rows)]
        else:
            there = [part for part in parts if _layout(part, copy)]
        if not there:
            raise self._absent(places)
        return frozenset(f"{self.declared.name}/{part.modality}/{part.name}" for part in there)

    def _copy(self, places: Sequence[str]) -> Files | None:
        key = tuple(places)
        if key not in self._copies:
            self._copies[key] = self._find_copy(places)
        return self._copies[key]

    def _find_copy(self, places: Sequence[str]) -> Files | None:
        folders = [Path(place).expanduser() for place in places if place not in (HUB, EMBEDDED)]
        for folder in folders:
            if not folder.exists():
                hint = "use hub, or the path of a copy in the original layout"
                raise UsageError(f"no data at {str(folder)!r}", where="--data", hint=hint)
        beside = [self.base] if self.base is not None and not folders else []
        for folder in [*folders, *beside]:
            for each in self._candidates(folder if folder.is_dir() else folder.parent):
                files = FolderFiles(each)
                if any(_layout(part, files) for part in self.declared.scenario):
                    return files
        return None

    def _candidates(self, folder: Path) -> Iterator[Path]:
        """Folders below with one of the benchmark's names, then the folder itself."""
        hubs = [rows.hub.rpartition("/")[2] for part in self.declared.scenario for rows in part.rows]
        names = {each.casefold() for each in (self.declared.name, *self.declared.folders, *hubs) if each}
        level = [folder]
        for _ in range(_DEPTH):
            level = [each for parent in level for each in sorted(parent.iterdir()) if each.is_dir()]
            yield from (each for each in level if each.name.casefold() in names)
        yield folder

    def _absent(self, places: Sequence[str]) -> MmdtError:
        name, needs = self.declared.title, self.declared.needs
        patterns = [pattern for part in self.declared.scenario for rows in part.rows for pattern in rows.files]
        hint = f"{needs or 'get ' + (self.declared.home or 'its data')}; then name its folder with --data"
        if set(places) <= {HUB}:
            return DataError(f"{name} is not on the hub", where=self.declared.name, hint=hint)
        if set(places) <= {EMBEDDED}:
            hub = ", or --data hub" if any(rows.hub for part in self.declared.scenario for rows in part.rows) else ""
            return UsageError(f"{name} has no embedded cases", where=self.declared.name, hint=f"{hint}{hub}")
        what = f"no copy of {name}: none of {', '.join(dict.fromkeys(patterns))[:300]} is there"
        return DataError(what, where=" + ".join(places), hint=hint)


def _layout(part: Part, files: Files) -> Rows | None:
    """The first of the layouts whose files are there."""
    names = files.names()
    return next((rows for rows in part.rows if matching(names, rows.files)), None)


def _hub(repo: str, revision: str | None) -> Files:
    try:
        return HubFiles(repo, revision)
    except Exception as error:
        raise explained(error, repo, "", "", revision=revision) from error


class BenchmarkSource:
    """The cases of a benchmark's scenarios, read from one copy or from its datasets on the hub."""

    def __init__(self, declared: Declaration, copies: Sequence[Files], images: Sequence[str]) -> None:
        self.declared = declared
        self._copies = copies
        self._images = images
        self._parts = {f"{declared.name}/{each.modality}/{each.name}": each for each in declared.scenario}
        self._used: dict[str, set[str]] = {}

    def cases(self, scenarios: Sequence[Scenario], bad: OnBadRow | None) -> Iterator[Case]:
        """The cases of these scenarios, in the order of the files.

        A bad row raises DataError, unless ``bad`` is given: then it is skipped and ``bad`` gets the error.
        """
        for scenario in scenarios:
            files, rows = self._place(self._parts[scenario.address])
            for row in self._rows(files, rows):
                try:
                    case = self._case(scenario, row, rows)
                except MmdtError as error:
                    problem = error if isinstance(error, DataError) else row.error("", error.what)
                    if bad is None:
                        raise self._explained(problem) from error
                    bad(self._explained(problem))
                    continue
                yield case

    def fingerprint(self, scenarios: Iterable[Scenario]) -> str:
        """``name@commit`` or ``name@sha256:...``, over the files that hold the rows."""
        used: dict[str, tuple[Files, set[str]]] = {}
        for scenario in scenarios:
            files, rows = self._place(self._parts[scenario.address])
            names = used.setdefault(files.where, (files, set()))[1]
            names |= {name for name, _ in matching(files.names(), rows.files)}
        return " ".join(f"{self.declared.name}@{files.version(sorted(names))}" for files, names in used.values())

    def _place(self, part: Part) -> tuple[Files, Rows]:
        for files in self._copies:
            for rows in part.rows:
                at_hub = not isinstance(files, HubFiles) or rows.hub == files.repo
                if at_hub and matching(files.names(), rows.files):
                    return files, rows
        wanted = ", ".join(dict.fromkeys(pattern for rows in part.rows for pattern in rows.files))
        where = " + ".join(files.where for files in self._copies)
        hint = self.declared.needs or "get the data again, in the layout of the original"
        raise DataError(f"the files of {part.name} are not there ({wanted})", where=where, hint=hint)

    @cached_property
    def _pictures(self) -> dict[str, Pictures]:
        return {files.where: Pictures(files, self._images) for files in self._copies}

    def _rows(self, files: Files, rows: Rows) -> Iterator[DataRow]:
        """The rows that the layout wants, joined with those of other files, one for each item of a nested list."""
        shared = {each.name: self._table(files, each.files) for each in rows.tables}
        joined = [(each, self._by_key(files, each.files, each.on)) for each in rows.beside]
        found = matching(files.names(), rows.files)
        paths = files.paths([name for name, _ in found])
        for (name, caught), path in zip(found, paths, strict=True):
            folder = folder_of(name)
            place = SplitAddress(self.declared.name, str(folder), path.name)
            near = self._pictures[files.where].near(folder)
            extra = {**shared, **caught, "_file": path.stem, "_folder": folder.name}
            for number, values in enumerate(rows_of(path, rows.at, rows.keyed)):
                for item in _each(values, rows.each):
                    row = DataRow({**extra, "_number": number, **item}, place, number, near)
                    for beside, others in joined:
                        key = text_of(row, beside.key)
                        if key not in others:
                            raise row.error("", f"no row of {', '.join(beside.files)} has {beside.on} {key[:40]!r}")
                        row = DataRow({**others[key], **extra, "_number": number, **item}, place, number, near)
                    if is_wanted(row, rows.when):
                        yield row

    def _table(self, files: Files, patterns: Sequence[str]) -> Any:
        return whole(self._one(files, patterns))

    def _by_key(self, files: Files, patterns: Sequence[str], on: str) -> dict[str, dict[str, Any]]:
        return {as_text(row.get(on)): row for row in rows_of(self._one(files, patterns), "", False)}

    def _one(self, files: Files, patterns: Sequence[str]) -> Path:
        found = matching(files.names(), patterns)
        if not found:
            hint = self.declared.needs or "get the data again"
            raise DataError(f"the file {patterns[0]} is not there", where=files.where, hint=hint)
        return files.paths([found[0][0]])[0]

    def _case(self, scenario: Scenario, row: DataRow, rows: Rows) -> Case:
        case = case_of(scenario, row, rows, self.declared.name)
        problem = scenario.check(case)
        if problem is not None:
            raise row.error(problem.column, problem.what)
        return case

    def _explained(self, error: DataError) -> DataError:
        """Where the layout could not be verified, an absent column may be mmdt's mistake."""
        if self.declared.shown("columns") or "column is missing" not in error.what:
            return error
        name = self.declared.name
        hint = (
            f"{error.hint}. The layout of {name} could not be verified: copy its declaration (mmdt benchmarks show "
            f"{name} > mine.toml), correct the column, and run with --benchmark mine.toml"
        )
        return DataError(error.what, where=error.where, hint=hint)


def _each(values: dict[str, Any], column: str) -> Iterator[dict[str, Any]]:
    """The row itself, or one for each item of its list: its keys, or ``_item`` where it is no object."""
    if not column:
        yield values
        return
    rest = {name: value for name, value in values.items() if name != column}
    for item in values.get(column) or ():
        yield {**rest, **(item if isinstance(item, dict) else {"_item": item})}
