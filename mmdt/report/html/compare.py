"""Several runs side by side: each run's numbers with intervals, and paired differences from the first run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.modality import title_of
from mmdt.core.scenario import Metric, Perspective, Scenario
from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.report.cards.card import MetricCard
from mmdt.report.estimate_view import EstimateView, estimate_view
from mmdt.report.facts import Completeness, RunFacts, completeness, read_facts
from mmdt.report.figures.differences import DifferenceRow, difference_plot
from mmdt.report.figures.drawing import Drawing
from mmdt.report.figures.overall import overall
from mmdt.report.figures.subject import Subject
from mmdt.report.html.inputs import ReportableRun, ReportInput, component_of
from mmdt.report.html.page import write_page
from mmdt.report.names import DisplayNames
from mmdt.report.plot.axis import Axis
from mmdt.report.plot.plot import TOGETHER, Plot, plots
from mmdt.report.sent import differences
from mmdt.report.wording import ARROWS, p_text, signed_text
from mmdt.stats.compare import compare
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.trade_offs import points

STYLES = ("base.css", "overview.css", "figures.css", "scorecard.css", "plot.css", "compare.css", "print.css")
SIGNIFICANT = 0.05
"""A Holm-adjusted p-value below this is marked."""


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One run: its label in the comparison, its facts and results, and whether it is complete."""

    label: str
    facts: RunFacts
    state: Completeness
    scorecard: Scorecard
    scored: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """A run's difference from the first run on the cases both answered.

    ``better``: None unless the difference is significant and the metric has a better direction.
    """

    text: str
    p: str
    cases: int
    better: bool | None
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p_holm: float = math.nan


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """One run's number in a row; either part may be missing."""

    estimate: EstimateView | None
    difference: PairedDifference | None = None


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One metric at one address, with a value for each run."""

    address: str
    level: str
    title: str
    metric: str
    direction: str
    arrow: str
    values: tuple[ComparedValue, ...]
    way: Direction = "neither"
    card: MetricCard | None = None


@dataclass(frozen=True, slots=True)
class ComparedTable:
    """A perspective's summaries, or its scenarios of one modality. A perspective's first table has its plots."""

    perspective: str
    title: str
    rows: tuple[ComparedRow, ...]
    plots: tuple[Plot, ...] = ()


def write_comparison(runs: Sequence[ReportableRun], path: Path) -> Path:
    """Write several runs side by side to one HTML file. Returns the path."""
    return build_comparison([ReportInput.of(run) for run in runs], path)


def build_comparison(runs: Sequence[ReportInput], path: Path) -> Path:
    """Write several report inputs side by side to one HTML file.

    Raises UsageError for fewer than two runs, StoreError if the file cannot be written.
    """
    perspectives = _perspectives(runs)
    names = DisplayNames.of(perspectives)
    compared_runs, tables = compare_inputs(runs)
    tables = with_plots(tables, compared_runs, perspectives, names)
    values = {
        "runs": compared_runs,
        "cautions": cautions(compared_runs),
        "tables": tables,
        "figures": _figures(runs, compared_runs, tables),
        "cards_shown": _cards(tables),
    }
    return write_page("compare.html.j2", values, path, styles=STYLES)


def _figures(
    inputs: Sequence[ReportInput], runs: Sequence[ComparedRun], tables: Sequence[ComparedTable]
) -> list[Drawing]:
    declared = tuple(
        {each.name: each for one in reversed(inputs) for each in one.declared or one.perspectives}.values()
    )
    subjects = [Subject.of(each.label, each.scorecard, declared) for each in runs]
    headlines = {address: each.headline for one in inputs for address, each in one.scenarios().items()}
    differences = difference_plot(difference_rows(tables, runs, headlines), [each.label for each in runs])
    return [*overall(subjects), *([differences] if differences else [])]


def difference_rows(
    tables: Sequence[ComparedTable], runs: Sequence[ComparedRun], headlines: Mapping[str, str]
) -> list[DifferenceRow]:
    """The paired differences of the scenarios' headlines (``headlines``: metric by address)."""
    return [
        DifferenceRow(
            row.address,
            row.metric,
            f"{table.perspective}, {row.title}",
            row.way,
            runs[index].label,
            index,
            *(found.value, found.low, found.high, found.p_holm, found.cases),
            found.text,
        )
        for table in tables
        for row in table.rows
        if headlines.get(row.address) == row.metric
        for index, value in enumerate(row.values)
        if (found := value.difference)
    ]


def _cards(tables: Sequence[ComparedTable]) -> list[tuple[str, tuple[MetricCard, ...]]]:
    """The cards of every metric in the tables, by perspective."""
    found: dict[str, dict[str, MetricCard]] = {}
    shown: set[str] = set()  # a card that several perspectives share is on the page once
    for table in tables:
        for row in table.rows:
            if row.card and row.card.anchor not in shown:
                shown.add(row.card.anchor)
                found.setdefault(table.perspective, {})[row.card.anchor] = row.card
    return [(title, tuple(cards.values())) for title, cards in found.items()]


def compare_inputs(runs: Sequence[ReportInput]) -> tuple[list[ComparedRun], tuple[ComparedTable, ...]]:
    """The runs and every number of them side by side. Raises UsageError for fewer than two runs."""
    if len(runs) < 2:
        raise UsageError("a comparison needs at least two runs", hint="name two or more run folders")
    scenarios = {address: each for run in reversed(runs) for address, each in run.scenarios().items()}
    found = compared_runs(runs)
    return found, tuple(compared(found, scenarios, DisplayNames.of(_perspectives(runs))))


def _perspectives(runs: Sequence[ReportInput]) -> tuple[Perspective, ...]:
    return tuple({each.name: each for run in reversed(runs) for each in run.perspectives}.values())


def compared_runs(runs: Sequence[ReportInput]) -> list[ComparedRun]:
    found: list[ComparedRun] = []
    for run in runs:
        facts = read_facts(run.manifest)
        twins = sum(each.facts.model == facts.model for each in found)
        label = f"{facts.model} ({twins + 1})" if twins else facts.model
        scored = tuple(scored for _, scored in run.rows)
        found.append(ComparedRun(label, facts, completeness(run.scorecard, facts.ended), run.scorecard, scored))
    return found


def cautions(runs: Sequence[ComparedRun]) -> list[str]:
    """Why the numbers may not be comparable."""
    found = []
    for role in dict.fromkeys(each.role for run in runs for each in run.facts.evaluators):
        used = {each.fingerprint for run in runs for each in run.facts.evaluators if each.role == role}
        if len(used) > 1:
            found.append(f"The runs used different evaluators for the role {role}: its numbers are not comparable.")
    if len({run.facts.data_identity for run in runs}) > 1:
        found.append("The runs used different data: only differences on matched cases are comparable.")
    found += differences([(run.label, run.facts.sent) for run in runs])
    found += [f"{each.label}: {each.state.headline}." for each in runs if not each.state.complete]
    for note in dict.fromkeys(note for each in runs for note in each.facts.notes):
        about = [each.label for each in runs if note in each.facts.notes]
        found.append(f"{'All runs' if len(about) == len(runs) else ', '.join(about)}: {note}")
    return found


def compared(
    runs: Sequence[ComparedRun], scenarios: Mapping[str, Scenario], names: DisplayNames
) -> tuple[ComparedTable, ...]:
    """Every summary and scenario of any run, by perspective."""
    addresses: dict[tuple[str, str], list[Result]] = {}
    for result in _union(runs):
        perspective, modality = result.address.split("/")[:2]
        where = "Summary" if result.level == "summary" else title_of(modality)
        addresses.setdefault((perspective, where), []).append(result)
    differences = _PairedDifferences(runs, scenarios)
    return tuple(
        ComparedTable(
            names.titles.get(perspective, perspective), where, tuple(_rows(results, runs, names, differences))
        )
        for (perspective, where), results in sorted(addresses.items(), key=lambda item: _order(item[0], addresses))
    )


def with_plots(
    tables: Sequence[ComparedTable],
    runs: Sequence[ComparedRun],
    perspectives: Sequence[Perspective],
    names: DisplayNames,
) -> tuple[ComparedTable, ...]:
    """Add the trade-off plots of all runs; a model's mark has the same shape in every plot."""
    drawn = {
        names.titles[each.name]: plots(
            [point for run in runs for point in points([each], run.scorecard, run.label)],
            names,
            TOGETHER,
            order=[run.label for run in runs],
        )
        for each in perspectives
    }
    return tuple(replace(table, plots=drawn.pop(table.perspective, ())) for table in tables)


def _order(key: tuple[str, str], found: Iterable[tuple[str, str]]) -> tuple[int, bool, int]:
    """Sort key: perspectives in order of appearance, each with its summaries first."""
    keys = list(found)
    first = next(index for index, other in enumerate(keys) if other[0] == key[0])
    return first, key[1] != "Summary", keys.index(key)


def _union(runs: Sequence[ComparedRun]) -> list[Result]:
    found: dict[str, Result] = {}
    for run in runs:
        for result in run.scorecard.results:
            if result.level != "cell":
                found.setdefault(result.address, result)
    return list(found.values())


def _rows(
    results: Sequence[Result], runs: Sequence[ComparedRun], names: DisplayNames, differences: _PairedDifferences
) -> Iterable[ComparedRow]:
    for result in results:
        theirs = [_result(run, result.address) for run in runs]
        for estimate in result.estimates:
            metric, style = estimate.metric, names.style(result.address, estimate.metric)
            found = [_estimate(each, metric) for each in theirs]
            axis = Axis.of([each for each in found if each])
            values = tuple(
                ComparedValue(
                    estimate_view(each, style, axis) if each else None, differences.of(index, result.address, metric)
                )
                for index, each in enumerate(found)
            )
            way = estimate.direction
            title = result.title if result.level == "summary" else f"{result.title}: {style.title}"
            yield ComparedRow(
                result.address, result.level, title, metric, style.way(way), ARROWS[way], values, way, style.card
            )


def _result(run: ComparedRun, address: str) -> Result | None:
    return next((each for each in run.scorecard.results if each.address == address), None)


def _estimate(result: Result | None, metric: str) -> Estimate | None:
    return next((each for each in result.estimates if each.metric == metric), None) if result else None


class _PairedDifferences:
    """Paired differences from the first run: by run, then metric, then scenario."""

    def __init__(self, runs: Sequence[ComparedRun], scenarios: Mapping[str, Scenario]) -> None:
        self._scenarios = scenarios
        self._runs = runs
        self._found: dict[tuple[int, str], dict[str, Estimate]] = {}

    def of(self, index: int, address: str, metric: str) -> PairedDifference | None:
        """None for the first run itself, and for metrics whose difference is not a difference of means."""
        scenario = self._scenarios.get(address)
        declared = next((each for each in scenario.metrics if each.name == metric), None) if scenario else None
        if not index or scenario is None or declared is None or not _plain_mean(declared, scenario):
            return None
        found = self._all(index, component_of(declared), declared.direction).get(address)
        return _difference(found, declared) if found and not math.isnan(found.value) else None

    def _all(self, index: int, component: str, direction: Direction) -> dict[str, Estimate]:
        key = (index, component)
        if key not in self._found:
            first, other = self._runs[0].scored, self._runs[index].scored
            self._found[key] = compare(first, other, component, direction=direction, by=lambda row: row.cell.parent)
        return self._found[key]


def _plain_mean(metric: Metric, scenario: Scenario) -> bool:
    """Whether the metric is the mean of a component over all of a scenario's outputs."""
    return scenario.rollup == "pool" and getattr(metric.estimate, "given", None) == ""


def _difference(found: Estimate, metric: Metric) -> PairedDifference:
    p = found.extra["p_holm"]
    better = None
    if p < SIGNIFICANT and metric.direction != "neither" and found.value:
        better = (found.value > 0) == (metric.direction == "higher")
    text = signed_text(found, percent=metric.percent)
    return PairedDifference(text, p_text(p), found.n, better, found.value, found.low, found.high, p)
