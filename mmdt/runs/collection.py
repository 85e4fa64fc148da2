"""Collection: a folder of runs (``runs/``), and the table of their models with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mmdt.core.cell import Selection
from mmdt.errors import MmdtError, StoreError, UsageError
from mmdt.report.export.model_table import ModelRow, ModelTable, Number
from mmdt.report.export.rows import model_name
from mmdt.runs import manifest as manifests
from mmdt.runs.result import Run
from mmdt.spelling import option, verb

if TYPE_CHECKING:
    from mmdt.core.estimate import Estimate
    from mmdt.report.names import DisplayNames
    from mmdt.stats.scorecard import Result, Scorecard

DEEP = 2
"""A run is in the folder, or in a folder of several models in it."""
BESIDE = ("BR", "over_refusal")
"""Numbers that are shown beside a headline, because it says little without them."""


@dataclass(frozen=True)
class Collection:
    """The runs in a folder, the oldest first. ``errors``: models of ``mmdt.run([...])`` whose run could not be carried
    out, and why."""

    folder: Path
    runs: tuple[Run, ...]
    errors: tuple[tuple[str, str], ...] = field(default=())

    @classmethod
    def open(cls, folder: str | Path) -> Collection:
        """The runs in a folder. Raises StoreError where it holds none."""
        where = Path(folder)
        runs = [Run.open(each) for each in _run_folders(where, DEEP)]
        if not runs:
            hint = f"name the folder that holds the runs, such as runs, or a run that {verb('run', '...')} created"
            raise StoreError("this folder contains no runs", where=str(where), hint=hint)
        return cls(where, tuple(sorted(runs, key=lambda run: (run.manifest.created, str(run.folder)))))

    @property
    def complete(self) -> bool:
        """Whether every model has a complete run."""
        return not self.errors and all(each.manifest.ended.how == "complete" for each in self.runs)

    def table(
        self, select: str | Sequence[str] = (), *, every_run: bool = False, incomplete: bool = False
    ) -> ModelTable:
        """The models side by side: each one's newest complete run that has what is selected.

        ``select``: globs over addresses; by default the headlines of the perspectives, and of scenarios that are in
        none. ``every_run``: all runs of a model, not only the newest. ``incomplete``: runs that did not complete as
        well; they are marked. Raises UsageError where nothing is left.
        """
        globs = (select,) if isinstance(select, str) else tuple(select)
        return build_table(self.runs, globs, every_run=every_run, incomplete=incomplete)


def build_table(
    runs: Sequence[Run], globs: Sequence[str] = (), *, every_run: bool = False, incomplete: bool = False
) -> ModelTable:
    """:meth:`Collection.table`, of these runs."""
    notes: list[str] = []
    found: list[_Read] = []
    for run in runs:
        read = _read(run, globs, notes)
        if read is None:
            continue
        if not read.complete and not incomplete:
            notes.append(f"{read.model}: the run in {run.folder} is not complete and is left out")
            continue
        found.append(read)
    if not found:
        wanted = f" with {', '.join(globs)}" if globs else ""
        left_out = f" ({notes[0]})" if notes else ""
        hint = f"{option('incomplete', True)} shows runs that did not complete as well; check what is selected"
        raise UsageError(f"no complete run{wanted} is here{left_out}", hint=hint)
    shown = found if every_run else list({each.model: each for each in found}.values())  # the newest one stays
    shown.sort(key=lambda each: each.model)
    numbers = tuple(dict.fromkeys(number for each in shown for number in each.numbers))
    rows = tuple(
        ModelRow(each.model, str(each.folder), tuple(each.numbers.get(number) for number in numbers), each.complete)
        for each in shown
    )
    return ModelTable(numbers, rows, (*_cautions(shown), *notes))


@dataclass(frozen=True, slots=True)
class _Read:
    """What the table needs of one run."""

    folder: Path
    model: str
    complete: bool
    numbers: dict[Number, Estimate]
    data: str
    judges: tuple[str, ...]
    caveats: tuple[str, ...] = ()


def _run_folders(folder: Path, deep: int) -> Iterator[Path]:
    if not folder.is_dir():
        raise StoreError("there is no such folder", where=str(folder), hint="name the folder that holds the runs")
    for each in sorted(folder.iterdir()):
        if not each.is_dir() or each.is_symlink() or each.name.startswith("."):
            continue
        if (each / manifests.FILE).is_file():
            yield each
        elif deep > 1:
            yield from _run_folders(each, deep - 1)


def _read(run: Run, globs: Sequence[str], notes: list[str]) -> _Read | None:
    """None where the run has nothing of what is selected, or cannot be read: the notes say the latter."""
    from mmdt.report.low_harm import low_harm_caveats
    from mmdt.report.names import DisplayNames

    try:
        manifest, card = run.manifest, run.scorecard()
        names = DisplayNames.of(run.perspectives())
    except MmdtError as error:
        notes.append(f"{run.folder} cannot be read and is left out: {error.what}")
        return None
    numbers = dict(numbers_of(card, globs, names))
    if not numbers:
        return None
    used = tuple(sorted(f"{role}={each.name} {each.fingerprint}" for role, each in manifest.evaluators.items()))
    settings = manifest.settings
    data = f"{manifest.data.source} {manifest.data.fingerprint} {settings.limit} {settings.size} {settings.seed}"
    complete = manifest.ended.how == "complete" and card.complete
    return _Read(
        run.folder, model_name(msgspec.to_builtins(manifest)), complete, numbers, data, used, low_harm_caveats(card)
    )


def numbers_of(card: Scorecard, globs: Sequence[str], names: DisplayNames) -> Iterator[tuple[Number, Estimate]]:
    """The headline of each chosen result, and what belongs beside it."""
    for result in _chosen(card, globs, names):
        for estimate in result.estimates:
            if estimate.metric == result.headline or estimate.metric in BESIDE:
                style = names.style(result.address, estimate.metric)
                title = result.title if result.level == "summary" else f"{result.address}: {style.title}"
                yield Number(result.address, estimate.metric, title, style.percent, estimate.direction), estimate


def _chosen(card: Scorecard, globs: Sequence[str], names: DisplayNames) -> Iterator[Result]:
    """Selected scenarios (and cells, where a glob names some), or else every headline."""
    if globs:
        wanted = Selection.of(globs)
        deep = any(len(each.strip("/").split("/")) > 3 for each in globs)
        for result in card.results:
            scenario = result.level == "scenario" and wanted.may_match(result.address, None)
            if scenario or (deep and result.level == "cell" and _names_cell(wanted, result.address)):
                yield result
        return
    summaries = [each for each in card.results if each.level == "summary" and each.address not in names.minor]
    without = {_place(each) for each in summaries if math.isnan(each.estimate().value)}
    yield from (each for each in summaries if _place(each) not in without)
    whole = {_place(each) for each in summaries} - without
    yield from (each for each in card.results if each.level == "scenario" and _place(each) not in whole)


def _place(result: Result) -> str:
    """Perspective and modality. Where one of its summaries lacks a scenario, the scenarios are shown instead."""
    return "/".join(result.address.split("/")[:2])


def _names_cell(wanted: Selection, address: str) -> bool:
    from mmdt.core.cell import Cell

    return wanted.matches(Cell.parse(address))


def _cautions(shown: Sequence[_Read]) -> Iterator[str]:
    """Why the rows may not be comparable, and what is to be known of one of them."""
    for each in shown:
        yield from (f"{each.model}: {caveat}" for caveat in each.caveats)
    if len({each.data for each in shown}) > 1:
        yield "The runs used different data or samples of it: differences between rows may be differences in cases."
    roles = {role.partition("=")[0] for each in shown for role in each.judges}
    differing = sorted(
        role for role in roles if len({tuple(j for j in each.judges if j.startswith(f"{role}=")) for each in shown}) > 1
    )
    if differing:
        yield f"The runs used different evaluators ({', '.join(differing)}): their numbers are not comparable."
