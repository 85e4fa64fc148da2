"""What the first screen of a report says: the overview as a matrix, and beside it in short what matters most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from mmdt.core.scenario import Perspective
from mmdt.engine.store.use import Use
from mmdt.report.caveats import caveats_line
from mmdt.report.facts import RunFacts
from mmdt.report.html.inputs import ReportInput
from mmdt.report.low_harm import low_harm_caveats
from mmdt.report.names import DisplayNames
from mmdt.report.overview import OverviewCell, modalities, not_run_line, overview
from mmdt.report.standing import Standing, furthest, standings
from mmdt.report.used import money, used_text

NAMED = 3
"""How many headlines that may be as far from their best are named."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the matrix: its headlines with their place between worst and best, what is not run or missing, its
    cost."""

    cell: OverviewCell
    standings: tuple[Standing | None, ...]
    lack: str
    cost: str
    weakest: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A perspective; None where it has no scenarios for the modality."""

    name: str
    title: str
    places: tuple[Place | None, ...]


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """The matrix with its columns' titles, and the lines in short."""

    modalities: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    weakest: Standing | None
    near: tuple[Standing, ...]
    more_near: int
    not_run: str
    used: str
    caveats: str
    notes: tuple[str, ...]
    measured: int


def first_screen(report: ReportInput, facts: RunFacts) -> FirstScreen:
    """The first screen of a run's report; perspectives that were not run are part of it."""
    declared = report.declared or report.perspectives
    use = _use(report.manifest)
    cells = overview(report.scorecard, declared, use.costs if use else {})
    found = standings(cells, DisplayNames.of(declared))
    worst = furthest(found)
    weakest, near = worst or (None, ())
    low_harm = low_harm_caveats(report.scorecard)
    notes = (*facts.notes, *low_harm, *([report.scorecard.note] if report.scorecard.note else []))
    return FirstScreen(
        modalities=tuple(_title(each, cells) for each in modalities(cells)),
        rows=tuple(_rows(cells, declared, found, weakest)),
        weakest=weakest,
        near=near[:NAMED],
        more_near=max(0, len(near) - NAMED),
        not_run=not_run_line(cells),
        used=used_text(use) if use else "",
        caveats=caveats_line(notes),
        notes=notes,
        measured=sum(each.state != "not run" for each in cells),
    )


def _title(modality: str, cells: Sequence[OverviewCell]) -> str:
    return next(each.modality_title for each in cells if each.modality == modality)


def _rows(
    cells: Sequence[OverviewCell],
    declared: Sequence[Perspective],
    found: Sequence[Standing],
    weakest: Standing | None,
) -> list[MatrixRow]:
    by_place = {(each.perspective, each.modality): each for each in cells}
    by_headline = {id(each.headline): each for each in found}
    rows = []
    for perspective in declared:
        mine = [by_place.get((perspective.name, modality)) for modality in modalities(cells)]
        places = tuple(_place(each, by_headline, weakest) if each else None for each in mine)
        rows.append(MatrixRow(perspective.name, perspective.title, places))
    return rows


def _place(cell: OverviewCell, by_headline: Mapping[int, Standing], weakest: Standing | None) -> Place:
    return Place(
        cell,
        tuple(by_headline.get(id(each)) for each in cell.headlines),
        _lack(cell),
        "" if cell.cost is None else money(cell.cost),
        weakest is not None and weakest.cell is cell,
    )


def _lack(cell: OverviewCell) -> str:
    """``2 of 3 scenarios not run, 12 missing``; what the headline itself says is not repeated."""
    known = any("not run" in each.why_none for each in cell.headlines)
    parts = []
    if cell.not_run and not known:
        parts.append(f"{len(cell.not_run)} of {len(cell.not_run) + len(cell.run)} scenarios not run")
    if cell.tasks_not_run:
        parts.append(f"{cell.tasks_not_run} {'task' if cell.tasks_not_run == 1 else 'tasks'} not run")
    if cell.missing:
        parts.append(f"{cell.missing:,} of {cell.tally.total:,} outputs missing")
    return ", ".join(parts)


def _use(manifest: Mapping[str, Any]) -> Use | None:
    """What the run used; None in runs of early versions, and where the entry is not readable."""
    try:
        return msgspec.convert(manifest["use"], Use) if manifest.get("use") else None
    except msgspec.ValidationError:
        return None
