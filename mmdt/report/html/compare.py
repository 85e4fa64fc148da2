"""Several runs side by side: every number of each with its interval, and paired differences from the first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.scenario import Metric, Perspective, Scenario
from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.report.facts import Completeness, Facts, completeness, read_facts
from mmdt.report.html.figure import Figure, figure
from mmdt.report.html.inputs import ReportInput, Source, component_of
from mmdt.report.html.page import write_page
from mmdt.report.names import Names
from mmdt.report.plot.axis import Axis
from mmdt.report.plot.plot import TOGETHER, Plot, plots
from mmdt.report.view import MODALITIES
from mmdt.report.wording import ARROWS, DIRECTIONS, p_text, signed_text
from mmdt.stats.compare import compare
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.trade_offs import points

STYLES = ("base.css", "scorecard.css", "plot.css", "compare.css", "print.css")
LEAST_SURE = 0.05
"""A Holm-adjusted p below this is marked."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """One run: what it is called here, its facts, and whether it is complete."""

    label: str
    facts: Facts
    state: Completeness
    scorecard: Scorecard
    scored: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a run is from the first on the cases both answered; ``better`` is None where nothing is certain."""

    text: str
    p: str
    cases: int
    better: bool | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One run's number in a line; either may be missing."""

    figure: Figure | None
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One metric of one address, run by run."""

    address: str
    level: str
    title: str
    metric: str
    direction: str
    arrow: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The summaries of a perspective, or its scenarios of one modality. The first of a perspective has its plots."""

    perspective: str
    title: str
    lines: tuple[ComparedLine, ...]
    plots: tuple[Plot, ...] = ()


def write_comparison(runs: Sequence[Source], path: Path) -> Path:
    """Write several runs side by side to one HTML file. Returns the path."""
    return build_comparison([ReportInput.of(run) for run in runs], path)


def build_comparison(runs: Sequence[ReportInput], path: Path) -> Path:
    """The same from what the runs are made of. Raises UsageError for fewer than two, StoreError where the file cannot
    be written."""
    if len(runs) < 2:
        raise UsageError("there is nothing to compare", hint="name two runs or more")
    entrants = _entrants(runs)
    scenarios = {address: each for run in reversed(runs) for address, each in run.scenarios().items()}
    perspectives = tuple({each.name: each for run in reversed(runs) for each in run.perspectives}.values())
    names = Names.of(perspectives)
    parts = with_plots(compared(entrants, scenarios, names), entrants, perspectives, names)
    values = {"entrants": entrants, "cautions": cautions(entrants), "parts": parts}
    return write_page("compare.html.j2", values, path, styles=STYLES)


def _entrants(runs: Sequence[ReportInput]) -> list[Entrant]:
    found: list[Entrant] = []
    for run in runs:
        facts = read_facts(run.manifest)
        twins = sum(each.facts.model == facts.model for each in found)
        label = f"{facts.model} ({twins + 1})" if twins else facts.model
        scored = tuple(scored for _, scored in run.rows)
        found.append(Entrant(label, facts, completeness(run.scorecard, facts.ended), run.scorecard, scored))
    return found


def cautions(entrants: Sequence[Entrant]) -> list[str]:
    """Why the numbers may not be comparable."""
    found = []
    for role in dict.fromkeys(each.role for entrant in entrants for each in entrant.facts.evaluators):
        used = {each.fingerprint for entrant in entrants for each in entrant.facts.evaluators if each.role == role}
        if len(used) > 1:
            found.append(f"The {role} is not the same in all runs: its numbers are not comparable.")
    if len({entrant.facts.data_identity for entrant in entrants}) > 1:
        found.append("The runs did not ask the same data: only differences on matched cases are comparable.")
    found += [f"{each.label}: {each.state.headline}." for each in entrants if not each.state.complete]
    for note in dict.fromkeys(note for each in entrants for note in each.facts.notes):
        about = [each.label for each in entrants if note in each.facts.notes]
        found.append(f"{'All runs' if len(about) == len(entrants) else ', '.join(about)}: {note}")
    return found


def compared(entrants: Sequence[Entrant], scenarios: Mapping[str, Scenario], names: Names) -> tuple[Part, ...]:
    """Every summary and scenario that some run has, perspective by perspective."""
    addresses: dict[tuple[str, str], list[Result]] = {}
    for result in _union(entrants):
        perspective, modality = result.address.split("/")[:2]
        where = "Summary" if result.level == "summary" else MODALITIES.get(modality, modality)
        addresses.setdefault((perspective, where), []).append(result)
    differences = _Differences(entrants, scenarios)
    return tuple(
        Part(names.titles.get(perspective, perspective), where, tuple(_lines(results, entrants, names, differences)))
        for (perspective, where), results in sorted(addresses.items(), key=lambda item: _place(item[0], addresses))
    )


def with_plots(
    parts: Sequence[Part], entrants: Sequence[Entrant], perspectives: Sequence[Perspective], names: Names
) -> tuple[Part, ...]:
    """The parts with the trade-offs of all runs, each model's mark of the same shape in every plot."""
    drawn = {
        names.titles[each.name]: plots(
            [point for entrant in entrants for point in points([each], entrant.scorecard, entrant.label)],
            names,
            TOGETHER,
            order=[entrant.label for entrant in entrants],
        )
        for each in perspectives
    }
    return tuple(replace(part, plots=drawn.pop(part.perspective, ())) for part in parts)


def _place(key: tuple[str, str], found: Iterable[tuple[str, str]]) -> tuple[int, bool, int]:
    """Perspectives as met, their summaries first."""
    keys = list(found)
    first = next(index for index, other in enumerate(keys) if other[0] == key[0])
    return first, key[1] != "Summary", keys.index(key)


def _union(entrants: Sequence[Entrant]) -> list[Result]:
    found: dict[str, Result] = {}
    for entrant in entrants:
        for result in entrant.scorecard.results:
            if result.level != "cell":
                found.setdefault(result.address, result)
    return list(found.values())


def _lines(
    results: Sequence[Result], entrants: Sequence[Entrant], names: Names, differences: _Differences
) -> Iterable[ComparedLine]:
    for result in results:
        theirs = [_result(entrant, result.address) for entrant in entrants]
        for estimate in result.estimates:
            metric, style = estimate.metric, names.style(result.address, estimate.metric)
            found = [_estimate(each, metric) for each in theirs]
            axis = Axis.of([each for each in found if each])
            entries = tuple(
                Entry(figure(each, style, axis) if each else None, differences.of(index, result.address, metric))
                for index, each in enumerate(found)
            )
            way = estimate.direction
            title = result.title if result.level == "summary" else f"{result.title}: {style.title}"
            yield ComparedLine(result.address, result.level, title, metric, DIRECTIONS[way], ARROWS[way], entries)


def _result(entrant: Entrant, address: str) -> Result | None:
    return next((each for each in entrant.scorecard.results if each.address == address), None)


def _estimate(result: Result | None, metric: str) -> Estimate | None:
    return next((each for each in result.estimates if each.metric == metric), None) if result else None


class _Differences:
    """Paired differences from the first run: by run, then metric, then scenario."""

    def __init__(self, entrants: Sequence[Entrant], scenarios: Mapping[str, Scenario]) -> None:
        self._scenarios = scenarios
        self._entrants = entrants
        self._found: dict[tuple[int, str], dict[str, Estimate]] = {}

    def of(self, index: int, address: str, metric: str) -> Difference | None:
        """None for the first run itself, and where a difference of means is not the difference of the numbers."""
        scenario = self._scenarios.get(address)
        declared = next((each for each in scenario.metrics if each.name == metric), None) if scenario else None
        if not index or scenario is None or declared is None or not _plain_mean(declared, scenario):
            return None
        found = self._all(index, component_of(declared), declared.direction).get(address)
        return _difference(found, declared) if found and not math.isnan(found.value) else None

    def _all(self, index: int, component: str, direction: Direction) -> dict[str, Estimate]:
        key = (index, component)
        if key not in self._found:
            first, other = self._entrants[0].scored, self._entrants[index].scored
            self._found[key] = compare(first, other, component, direction=direction, by=lambda row: row.cell.parent)
        return self._found[key]


def _plain_mean(metric: Metric, scenario: Scenario) -> bool:
    """Whether the metric is the mean of a component over all of a scenario's outputs."""
    return scenario.rollup == "pool" and getattr(metric.estimate, "given", None) == ""


def _difference(found: Estimate, metric: Metric) -> Difference:
    p = found.extra["p_holm"]
    better = None
    if p < LEAST_SURE and metric.direction != "neither" and found.value:
        better = (found.value > 0) == (metric.direction == "higher")
    return Difference(signed_text(found, percent=metric.percent), p_text(p), found.n, better)
