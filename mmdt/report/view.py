"""The scorecard laid out for people: perspectives, tables of scenarios that share their metrics, lines of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.scenario import Metric, Perspective
from mmdt.report.axis import Axis, Whisker
from mmdt.report.figures import ARROWS, DIRECTIONS, end_text, estimate_text, extra_notes, interval_text, value_text
from mmdt.stats.scorecard import Result, Scorecard, Tally
from mmdt.stats.tally import MISSING, REFUSED

MODALITIES = {"t2i": "Text to image", "i2t": "Image to text"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One estimate as it is shown: texts, and its place on the axis of its column, which runs between ``ends``."""

    metric: str
    title: str
    value: str
    interval: str
    whisker: Whisker
    ends: tuple[str, str]
    n: int
    clusters: int
    missing: int
    direction: str
    arrow: str
    method: str
    notes: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """An address with its figures (None where it lacks a column's metric) and its counts."""

    address: str
    title: str
    figures: tuple[Figure | None, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Block:
    """A scenario and the cells below it."""

    head: Line
    cells: tuple[Line, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of figures shows."""

    metric: str
    title: str
    way: Direction
    direction: str
    arrow: str


@dataclass(frozen=True, slots=True)
class Table:
    """Scenarios of one modality that share their metrics. ``outcomes``: labels counted beside answered and refused."""

    modality: str
    title: str
    columns: tuple[Column, ...]
    outcomes: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One perspective. Each summary is a line with a single figure."""

    name: str
    title: str
    about: str
    summaries: tuple[Line, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class _Style:
    """How a metric is shown."""

    title: str
    percent: bool


@dataclass(frozen=True, slots=True)
class _Names:
    """Titles and styles as the perspectives declare them; addresses speak for themselves where none is given."""

    titles: Mapping[str, str] = field(default_factory=dict)
    abouts: Mapping[str, str] = field(default_factory=dict)
    styles: Mapping[tuple[str, str], _Style] = field(default_factory=dict)
    by_metric: Mapping[tuple[str, str], _Style] = field(default_factory=dict)

    @classmethod
    def of(cls, perspectives: Sequence[Perspective]) -> _Names:
        titles = {each.name: each.title for each in perspectives}
        abouts = {each.name: each.about for each in perspectives}
        styles: dict[tuple[str, str], _Style] = {}
        by_metric: dict[tuple[str, str], _Style] = {}
        for scenario in (each for perspective in perspectives for each in perspective.scenarios):
            abouts[scenario.address] = scenario.about
            for metric in scenario.metrics:
                styles[scenario.address, metric.name] = _style(metric)
                by_metric.setdefault((scenario.perspective, metric.name), _style(metric))
        return cls(titles, abouts, styles, by_metric)

    def style(self, address: str, metric: str) -> _Style:
        scenario = "/".join(address.split("/")[:3])
        known = self.styles.get((scenario, metric)) or self.by_metric.get((address.split("/")[0], metric))
        return known or _Style(metric, percent=True)


def _style(metric: Metric) -> _Style:
    """An abbreviation such as HGR stands behind the title that spells it out."""
    title = metric.title or metric.name
    abbreviation = metric.name.isupper() and metric.name not in title
    return _Style(f"{title} ({metric.name})" if abbreviation else title, metric.percent)


def sections(scorecard: Scorecard, perspectives: Sequence[Perspective] = ()) -> tuple[Section, ...]:
    """The scorecard's results in their order, laid out perspective by perspective."""
    names = _Names.of(perspectives)
    grouped = groupby(scorecard.results, key=lambda result: result.address.split("/")[0])
    return tuple(_section(name, tuple(results), names) for name, results in grouped)


def totals(scorecard: Scorecard) -> Tally:
    """The counts of the whole run."""
    return Tally.sum(result.tally for result in scorecard.results if result.level == "scenario")


def _section(name: str, results: tuple[Result, ...], names: _Names) -> Section:
    summaries = tuple(_summary(each, names) for each in results if each.level == "summary")
    below = [each for each in results if each.level != "summary"]
    tables = tuple(_table(list(group), names) for _, group in groupby(_blocks(below), key=_layout))
    return Section(name, names.titles.get(name, name), names.abouts.get(name, ""), summaries, tables)


def _summary(result: Result, names: _Names) -> Line:
    estimate = result.estimate()
    style = names.style(result.address, estimate.metric)
    axis = Axis.of([estimate], percent=style.percent)
    return Line(result.address, result.title, (_figure(estimate, style, axis),), result.tally)


Scenario = tuple[Result, ...]
"""A scenario's result followed by its cells'."""


def _blocks(results: list[Result]) -> list[Scenario]:
    blocks: list[list[Result]] = []
    for result in results:
        if result.level == "scenario":
            blocks.append([result])
        else:
            blocks[-1].append(result)
    return [tuple(block) for block in blocks]


def _layout(block: Scenario) -> tuple[str, tuple[str, ...]]:
    head = block[0]
    return head.address.split("/")[1], tuple(each.metric for each in head.estimates)


def _table(blocks: list[Scenario], names: _Names) -> Table:
    modality, metrics = _layout(blocks[0])
    head = blocks[0][0]
    everything = [result for block in blocks for result in block]
    columns, axes = [], {}
    for metric in metrics:
        style, way = names.style(head.address, metric), head.estimate(metric).direction
        columns.append(Column(metric, style.title, way, DIRECTIONS[way], ARROWS[way]))
        found = [each for result in everything for each in result.estimates if each.metric == metric]
        axes[metric] = Axis.of(found, percent=style.percent)
    return Table(
        modality,
        MODALITIES.get(modality, modality),
        tuple(columns),
        _outcomes(everything),
        tuple(_block(block, names, axes) for block in blocks),
    )


def _outcomes(results: list[Result]) -> tuple[str, ...]:
    """Labels that say more than answered, refused and missing do."""
    labels = {label for result in results for label in result.tally.outcomes}
    return tuple(sorted(label for label in labels - {MISSING, "answered"} if not label.startswith(REFUSED)))


def _block(block: Scenario, names: _Names, axes: Mapping[str, Axis]) -> Block:
    head, *cells = (_line(result, names, axes) for result in block)
    return Block(head, tuple(cells), names.abouts.get(head.address, ""))


def _line(result: Result, names: _Names, axes: Mapping[str, Axis]) -> Line:
    there = {each.metric: each for each in result.estimates}
    figures = (
        _figure(there[metric], names.style(result.address, metric), axis) if metric in there else None
        for metric, axis in axes.items()
    )
    return Line(result.address, result.title, tuple(figures), result.tally)


def _figure(estimate: Estimate, style: _Style, axis: Axis) -> Figure:
    return Figure(
        metric=estimate.metric,
        title=style.title,
        value=value_text(estimate.value, percent=style.percent),
        interval=interval_text(estimate.low, estimate.high, percent=style.percent),
        whisker=Whisker.of(estimate, axis),
        ends=(end_text(axis.low, percent=style.percent), end_text(axis.high, percent=style.percent)),
        n=estimate.n,
        clusters=estimate.clusters,
        missing=estimate.missing,
        direction=DIRECTIONS[estimate.direction],
        arrow=ARROWS[estimate.direction],
        method=estimate.method,
        notes=tuple(extra_notes(estimate, percent=style.percent)),
        text=estimate_text(estimate, percent=style.percent),
    )
