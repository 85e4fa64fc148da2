"""Which signatures a run shows: every condition of a signature must hold, and of all signatures together a false one is
found in at most 5 % of runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from mmdt.core.cell import Selection
from mmdt.core.scenario import Scenario
from mmdt.core.score import Scored
from mmdt.stats.explain.evidence import Gap, Measured, Rate, Value, p_of_interval
from mmdt.stats.explain.signature import Condition, Modality, Signature, declared
from mmdt.stats.intervals.wilson import UNIT
from mmdt.stats.paired.family import adjusted
from mmdt.stats.scorecard import Scorecard

LEVEL = 0.05
MODALITIES: tuple[Modality, ...] = ("i2t", "t2i")
Answer = tuple[Scored, Mapping[str, Any]]
"""A scored output and the target of its case."""
Verdict = Literal["shown", "possible", "not shown", "not tested"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A condition with its number. ``holds``: whether the value itself is on the side that is claimed."""

    title: str
    claim: str
    measured: Measured
    holds: bool
    p: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A signature in one modality. ``p``: of the weakest condition; ``p_adjusted``: over all signatures of the run.

    ``shown``: all conditions hold beyond noise. ``possible``: all hold, but noise could be the reason. ``not tested``:
    the run lacks outputs for the conditions in ``lacking``."""

    name: str
    modality: Modality
    title: str
    verdict: Verdict
    says: str
    but: str
    paper: str
    evidence: tuple[Evidence, ...]
    p: float
    p_adjusted: float
    confirm: tuple[str, ...]
    lacking: tuple[str, ...] = ()


class Answers:
    """The outputs of a run by cell, with the weight of each in numbers over several scenarios."""

    def __init__(self, scenarios: Mapping[str, Scenario], answers: Iterable[Answer]) -> None:
        self.scenarios = scenarios
        self.by_cell: dict[str, list[Answer]] = {}
        self._cells = {}
        for scored, target in answers:
            name = str(scored.cell)
            self._cells[name] = scored.cell
            self.by_cell.setdefault(name, []).append((scored, target))

    def select(self, globs: Sequence[str]) -> list[str]:
        wanted = Selection.of(tuple(globs))
        return [name for name, cell in self._cells.items() if wanted.matches(cell)]

    def scenario_of(self, cell: str) -> Scenario:
        return self.scenarios[self._cells[cell].parent]

    def rate(self, condition: Condition, cells: Sequence[str], where: Mapping[str, Sequence[str]]) -> Rate:
        """The number of a condition over these cells."""
        kept: dict[str, list[tuple[float, Scored]]] = {}
        for cell in cells:
            for scored, target in self.by_cell[cell]:
                if scored.benign == condition.benign and _is(target, where) and _given(scored, condition.given):
                    kept.setdefault(cell, []).append((_value(scored, condition), scored))
        return Rate(tuple(self._weighted(kept)), (-1.0, 1.0) if condition.less else UNIT)

    def _weighted(self, kept: Mapping[str, list[tuple[float, Scored]]]) -> Iterable[Value]:
        """Each scenario has the same weight; in it each task where it is a mean of tasks, else each case."""
        by_scenario: dict[str, list[str]] = {}
        for cell in kept:
            by_scenario.setdefault(self._cells[cell].parent, []).append(cell)
        total = sum(map(len, kept.values()))
        for parent, cells in by_scenario.items():
            scenario = self.scenarios[parent]
            inside = {
                cell: (1.0 if scenario.rollup == "mean" else sum(scored.weight for _, scored in kept[cell]))
                for cell in cells
            }
            whole = sum(inside.values()) * len(by_scenario)
            for cell in cells:
                stood_for = sum(scored.weight for _, scored in kept[cell])
                for value, scored in kept[cell]:
                    yield Value(value, scored.cluster, total * inside[cell] / whole * scored.weight / stood_for)


def findings(answers: Answers, card: Scorecard, model: str = "MODEL") -> tuple[Finding, ...]:
    """Every declared signature in every modality that it is declared for, those that are shown first."""
    tried = [
        _tried(each, modality, answers, card, model)
        for each in declared()
        for modality in MODALITIES
        if each.of(modality)
    ]
    p = adjusted({(each.name, each.modality): each.p for each in tried})
    found = [_judged(each, p[each.name, each.modality]) for each in tried]
    order = ("shown", "possible", "not shown", "not tested")
    return tuple(sorted(found, key=lambda each: (order.index(each.verdict), each.p, each.name)))


def _tried(signature: Signature, modality: Modality, answers: Answers, card: Scorecard, model: str) -> Finding:
    conditions = signature.of(modality)
    found = [_evidence(each, answers, card) for each in conditions]
    lacking = tuple(
        ", ".join(each.cells) or each.number
        for each, evidence in zip(conditions, found, strict=True)
        if math.isnan(evidence.p)
    )
    p = math.nan if lacking else max(each.p for each in found)
    return Finding(
        signature.name,
        modality,
        signature.title,
        "not tested",
        signature.says,
        signature.but,
        signature.paper,
        tuple(found),
        p,
        math.nan,
        tuple(each.replace("{modality}", modality).replace("{model}", model) for each in signature.confirm),
        lacking,
    )


def _judged(found: Finding, p: float) -> Finding:
    if math.isnan(p):
        return found
    verdict: Verdict = "shown" if p <= LEVEL else "not shown"
    if verdict == "not shown" and all(each.holds for each in found.evidence):
        verdict = "possible"
    return replace(found, verdict=verdict, p_adjusted=p)


def _evidence(condition: Condition, answers: Answers, card: Scorecard) -> Evidence:
    measured, p = _number(condition, card) if condition.number else _over_cells(condition, answers)
    value = measured.value
    holds = value > condition.above if condition.above is not None else value < (condition.below or 0.0)
    return Evidence(condition.title, condition.claim, measured, holds, p)


def _number(condition: Condition, card: Scorecard) -> tuple[Measured, float]:
    address, _, metric = condition.number.partition(" ")
    for result in card.results:
        for each in result.estimates if result.address == address else ():
            if each.metric == metric:
                measured = Measured(each.value, each.low, each.high, each.n, each.clusters, each.missing)
                above = condition.above is not None
                threshold = (condition.above if above else condition.below) or 0.0
                return measured, p_of_interval(each.value, each.low, each.high, threshold, above=above)
    return Measured(math.nan, math.nan, math.nan, 0, 0), math.nan


def _over_cells(condition: Condition, answers: Answers) -> tuple[Measured, float]:
    first = answers.rate(condition, answers.select(condition.cells), condition.where)
    rate: Rate | Gap = first
    known = bool(first.known)
    if condition.minus_cells:
        where = condition.minus_where or condition.where
        second = answers.rate(condition, answers.select(condition.minus_cells), where)
        rate, known = Gap(first, second), known and bool(second.known)
    if not known:
        return Measured(math.nan, math.nan, math.nan, 0, 0), math.nan
    p = rate.p_above(condition.above) if condition.above is not None else rate.p_below(condition.below or 0.0)
    return rate.measured(), p


def _is(target: Mapping[str, Any], where: Mapping[str, Sequence[str]]) -> bool:
    return all(str(target.get(key, "")) in wanted for key, wanted in where.items())


def _given(scored: Scored, given: str) -> bool:
    """Whether the output counts; one that lacks ``given`` might, so it is kept and has no value."""
    return not given or scored.score.values.get(given, math.nan) != 0


def _value(scored: Scored, condition: Condition) -> float:
    values = scored.score.values
    if condition.given and condition.given not in values:
        return math.nan
    value = values.get(condition.component, math.nan)
    return value - values.get(condition.less, math.nan) if condition.less else value
