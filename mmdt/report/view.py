"""The scorecard's layout: perspectives, tables of scenarios with the same metrics, rows of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.modality import title_of
from mmdt.core.scenario import Perspective
from mmdt.core.score import MISSING
from mmdt.report.cards.card import MetricCard
from mmdt.report.estimate_view import EstimateView, estimate_view
from mmdt.report.names import DisplayNames
from mmdt.report.plot.axis import Axis
from mmdt.report.plot.plot import Plot, plots
from mmdt.report.wording import ARROWS
from mmdt.stats.intervals.shrunken import METHOD, SUFFIX
from mmdt.stats.scorecard import Result, Scorecard, Tally
from mmdt.stats.tally import REFUSED
from mmdt.stats.trade_offs import points

ORDER = ("harmful", "leaked", "right", "partly", "wrong", "declined")
"""Outcomes in column order, before any others. An outcome that is also a metric's name always has its column."""


@dataclass(frozen=True, slots=True)
class ScorecardRow:
    """An address with its estimates (None if it lacks a column's metric) and its counts."""

    address: str
    title: str
    estimates: tuple[EstimateView | None, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class ScenarioGroup:
    """A scenario's row and the rows of its cells."""

    head: ScorecardRow
    cells: tuple[ScorecardRow, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class MetricColumn:
    """The heading of a column of estimates."""

    metric: str
    title: str
    way: Direction
    direction: str
    arrow: str
    card: MetricCard | None = None


@dataclass(frozen=True, slots=True)
class ScenarioTable:
    """Scenarios of one modality with the same metrics.

    ``outcomes``: labels counted beside answered and refused. ``counted``: whether the counts are shown.
    """

    modality: str
    title: str
    columns: tuple[MetricColumn, ...]
    outcomes: tuple[str, ...]
    groups: tuple[ScenarioGroup, ...]
    counted: bool = True

    @property
    def cut_off(self) -> bool:
        """Whether a token limit cut off any answer in it."""
        return any(group.head.tally.cut_off for group in self.groups)

    @property
    def shrunken(self) -> bool:
        """Whether a column has shrunken numbers."""
        return any(each.metric.endswith(SUFFIX) for each in self.columns)

    @property
    def abouts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each description of a scenario with the titles of the scenarios that share it."""
        found: dict[str, list[str]] = {}
        for group in self.groups:
            if group.about:
                found.setdefault(group.about, []).append(group.head.title)
        return tuple((about, tuple(titles)) for about, titles in found.items())


@dataclass(frozen=True, slots=True)
class Section:
    """One perspective. Each summary is a row with a single estimate; ``plots`` are its trade-offs."""

    name: str
    title: str
    about: str
    summaries: tuple[ScorecardRow, ...]
    tables: tuple[ScenarioTable, ...]
    plots: tuple[Plot, ...] = ()


def sections(scorecard: Scorecard, perspectives: Sequence[Perspective] = ()) -> tuple[Section, ...]:
    """Arrange the scorecard's results by perspective, in their order."""
    names = DisplayNames.of(perspectives)
    drawn = {each.name: plots(points([each], scorecard), names) for each in perspectives}
    grouped = groupby(scorecard.results, key=lambda result: result.address.split("/")[0])
    return tuple(_section(name, tuple(results), names, drawn.get(name, ())) for name, results in grouped)


def totals(scorecard: Scorecard) -> Tally:
    """The counts over the whole run."""
    return Tally.sum(result.tally for result in scorecard.results if result.level == "scenario")


def _section(name: str, results: tuple[Result, ...], names: DisplayNames, drawn: tuple[Plot, ...]) -> Section:
    above = sorted((each for each in results if each.level == "summary"), key=lambda each: each.address in names.minor)
    summaries = tuple(_summary(each, names) for each in above)  # headlines first
    below = [each for each in results if each.level != "summary"]
    tables = tuple(_table(list(group), names) for _, group in groupby(_by_scenario(below), key=_layout))
    return Section(name, names.titles.get(name, name), names.abouts.get(name, ""), summaries, tables, drawn)


def _summary(result: Result, names: DisplayNames) -> ScorecardRow:
    estimate = result.estimate()
    style = names.style(result.address, estimate.metric)
    axis = Axis.of([estimate])
    return ScorecardRow(result.address, result.title, (estimate_view(estimate, style, axis),), result.tally)


ScenarioResults = tuple[Result, ...]
"""A scenario's result, followed by the results of its cells."""


def _by_scenario(results: list[Result]) -> list[ScenarioResults]:
    groups: list[list[Result]] = []
    for result in results:
        if result.level == "scenario":
            groups.append([result])
        else:
            groups[-1].append(result)
    return [tuple(group) for group in groups]


def _layout(group: ScenarioResults) -> tuple[str, tuple[str, ...]]:
    head = group[0]
    return head.address.split("/")[1], tuple(each.metric for each in head.estimates)


def _table(groups: list[ScenarioResults], names: DisplayNames) -> ScenarioTable:
    modality, metrics = _layout(groups[0])
    head = groups[0][0]
    everything = [result for group in groups for result in group]
    columns, axes = [], {}
    for metric in _with_shrunken(metrics, everything):
        style, way = names.style(head.address, metric), _direction(everything, metric)
        columns.append(MetricColumn(metric, style.title, way, style.way(way), ARROWS[way], style.card))
        found = [each for result in everything for each in result.estimates if each.metric == metric]
        axes[metric] = Axis.of(found)
    return ScenarioTable(
        modality,
        title_of(modality),
        tuple(columns),
        _outcomes(everything, metrics),
        tuple(_group(group, names, axes) for group in groups),
    )


def _with_shrunken(metrics: Sequence[str], results: Sequence[Result]) -> list[str]:
    """The columns: those of the scenarios, and behind each the shrunken one that any of the tasks has."""
    there = {each.metric for result in results for each in result.estimates}
    return [each for metric in metrics for each in (metric, f"{metric}{SUFFIX}") if each == metric or each in there]


def _direction(results: Sequence[Result], metric: str) -> Direction:
    return next(each.direction for result in results for each in result.estimates if each.metric == metric)


def _outcomes(results: list[Result], metrics: Sequence[str]) -> tuple[str, ...]:
    """Labels that say more than answered, refused and missing.

    A label that is also a metric has a column even if it never occurs: without the column, nothing would say so.
    """
    labels = {label for result in results for label in result.tally.outcomes} | {*ORDER}.intersection(metrics)
    known = [label for label in ORDER if label in labels]
    others = labels - {*ORDER, MISSING, "answered"}
    return (*known, *sorted(label for label in others if not label.startswith(REFUSED)))


def _group(group: ScenarioResults, names: DisplayNames, axes: Mapping[str, Axis]) -> ScenarioGroup:
    head, *cells = (_row(result, names, axes) for result in group)
    return ScenarioGroup(head, tuple(cells), names.abouts.get(head.address, ""))


def _row(result: Result, names: DisplayNames, axes: Mapping[str, Axis]) -> ScorecardRow:
    by_metric = {each.metric: each for each in result.estimates}
    estimates = (
        _view(by_metric[metric], names, result.address, axis) if metric in by_metric else None
        for metric, axis in axes.items()
    )
    return ScorecardRow(result.address, result.title, tuple(estimates), result.tally)


def _view(estimate: Estimate, names: DisplayNames, address: str, axis: Axis) -> EstimateView:
    """Its ``metric`` is the one whose cases are behind it."""
    made = estimate_view(estimate, names.style(address, estimate.metric), axis)
    return replace(made, metric=made.metric.removesuffix(SUFFIX)) if estimate.method == METHOD else made
