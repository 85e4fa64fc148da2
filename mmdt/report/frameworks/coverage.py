"""Coverage: what of a framework a run is evidence for, by which numbers, and what it is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from mmdt.core.cell import Cell, Selection
from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Perspective
from mmdt.evaluators.guard.taxonomy import hazards_in
from mmdt.report.frameworks.framework import Framework, Item
from mmdt.stats.scorecard import Result, Scorecard

State = Literal["covered", "partly covered", "documented", "not run", "not measured"]
_NO_HARM = frozenset({"hallucination", "fairness", "privacy", "adversarial", "ood"})
"""Perspectives whose tasks are no kinds of harm."""
STATES: tuple[State, ...] = ("covered", "partly covered", "documented", "not run", "not measured")


@dataclass(frozen=True, slots=True)
class Piece:
    """A number that is evidence: the headline of a scenario, or of a cell whose category names a hazard."""

    address: str
    title: str
    estimate: Estimate
    missing: int


@dataclass(frozen=True, slots=True)
class Covered:
    """An item of a framework. ``covered``: every scenario that is evidence for it has results; ``partly covered``: some
    were not run, or lack results (``lacking``), or can only be a part of it (``item.only``); ``documented``: by the
    run's own record; ``not run``: mmdt has scenarios for it, this run has none; ``not measured``: mmdt has none."""

    item: Item
    state: State
    pieces: tuple[Piece, ...]
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """A framework with every item's state. ``stand_ins``: the run's harm categories are stand-ins of embedded data,
    which are no evidence for real hazards."""

    framework: Framework
    items: tuple[Covered, ...]
    stand_ins: bool = False

    def count(self, state: State) -> int:
        return sum(each.state == state for each in self.items)

    @property
    def sentence(self) -> str:
        """``Of 21 items 4 are covered, 3 partly covered, ...``."""
        parts = [f"{self.count(state)} {state}" for state in STATES if self.count(state)]
        return f"Of {len(self.items)} items of {self.framework.title}: {', '.join(parts)}"


def coverage(
    framework: Framework, card: Scorecard, perspectives: Iterable[Perspective], *, stand_ins: bool = False
) -> Coverage:
    """What a scorecard is evidence for. ``perspectives``: all that are installed, so that what was not run is known, in
    the modalities that were."""
    asked = {each.address.split("/")[1] for each in card.results if each.level == "scenario"}
    installed = [
        each.address for perspective in perspectives for each in perspective.scenarios if each.modality in asked
    ]
    items = tuple(_covered(each, card, installed, stand_ins) for each in framework.items)
    return Coverage(framework, items, stand_ins)


def _covered(item: Item, card: Scorecard, installed: Sequence[str], stand_ins: bool) -> Covered:
    by_cells = [result for result in card.results if item.cells and _selects(item, result)]
    by_hazard = [] if stand_ins else [result for result in card.results if item.hazards and _names(item, result)]
    pieces = tuple(_piece(each) for each in (*by_cells, *by_hazard))
    known = {each.address for each in pieces if each.estimate.n}
    lacking = [address for address in _wanted(item, installed) if address not in known]
    if item.hazards and not by_hazard:
        lacking.append(f"cases whose category names {' or '.join(item.hazards)}")
    lacking += [each.address for each in pieces if each.missing and each.address not in lacking]
    found = tuple(each for each in pieces if each.estimate.n)
    if stand_ins and any(each.address.startswith("safety/") for each in found):
        lacking.append("harm categories that are no stand-ins")
    return Covered(item, _state(item, found, lacking), found, tuple(lacking))


def _state(item: Item, found: Sequence[Piece], lacking: Sequence[str]) -> State:
    if not (item.cells or item.hazards):
        return "documented" if item.record else "not measured"
    if not found:
        return "not run"
    return "partly covered" if lacking or item.only else "covered"


def _wanted(item: Item, installed: Sequence[str]) -> list[str]:
    wanted = Selection.of(item.cells) if item.cells else None
    return [address for address in installed if wanted is not None and wanted.may_match(address, None)]


def _selects(item: Item, result: Result) -> bool:
    return result.level == "scenario" and Selection.of(item.cells).may_match(result.address, None)


def _names(item: Item, result: Result) -> bool:
    """Whether a cell's category names one of the hazards."""
    if result.level != "cell" or result.address.split("/")[0] in _NO_HARM:
        return False
    category = Cell.parse(result.address).task.replace("-", " ").replace("_", " ")
    return not set(item.hazards).isdisjoint(hazards_in(category))


def _piece(result: Result) -> Piece:
    return Piece(result.address, result.title, result.estimate(), result.tally.missing)
