"""The scorecard laid out for people: perspectives, tables of scenarios that share their metrics, lines of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from mmdt.core.estimate import Direction
from mmdt.core.scenario import Perspective
from mmdt.report.html.figure import Figure, figure
from mmdt.report.names import Names
from mmdt.report.plot.axis import Axis
from mmdt.report.plot.plot import Plot, plots
from mmdt.report.wording import ARROWS, DIRECTIONS
from mmdt.stats.scorecard import Result, Scorecard, Tally
from mmdt.stats.tally import MISSING, REFUSED
from mmdt.stats.trade_offs import points

ORDER = ("harmful", "leaked", "right", "partly", "wrong", "declined")
"""Outcomes in the order of their columns, any others after them; counted wherever a metric is called so."""
MODALITIES = {"t2i": "Text to image", "i2t": "Image to text"}


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
    """Scenarios of one modality that share their metrics. ``outcomes``: labels counted beside answered and refused.

    ``counted``: whether the counts stand beside these columns.
    """

    modality: str
    title: str
    columns: tuple[Column, ...]
    outcomes: tuple[str, ...]
    blocks: tuple[Block, ...]
    counted: bool = True

    @property
    def abouts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What scenarios are about, with the titles of those that it is said of."""
        found: dict[str, list[str]] = {}
        for block in self.blocks:
            if block.about:
                found.setdefault(block.about, []).append(block.head.title)
        return tuple((about, tuple(titles)) for about, titles in found.items())


@dataclass(frozen=True, slots=True)
class Section:
    """One perspective. Each summary is a line with a single figure; ``plots`` are its trade-offs."""

    name: str
    title: str
    about: str
    summaries: tuple[Line, ...]
    tables: tuple[Table, ...]
    plots: tuple[Plot, ...] = ()


def sections(scorecard: Scorecard, perspectives: Sequence[Perspective] = ()) -> tuple[Section, ...]:
    """The scorecard's results in their order, laid out perspective by perspective."""
    names = Names.of(perspectives)
    drawn = {each.name: plots(points([each], scorecard), names) for each in perspectives}
    grouped = groupby(scorecard.results, key=lambda result: result.address.split("/")[0])
    return tuple(_section(name, tuple(results), names, drawn.get(name, ())) for name, results in grouped)


def totals(scorecard: Scorecard) -> Tally:
    """The counts of the whole run."""
    return Tally.sum(result.tally for result in scorecard.results if result.level == "scenario")


def _section(name: str, results: tuple[Result, ...], names: Names, drawn: tuple[Plot, ...]) -> Section:
    above = sorted((each for each in results if each.level == "summary"), key=lambda each: each.address in names.minor)
    summaries = tuple(_summary(each, names) for each in above)  # the headlines first
    below = [each for each in results if each.level != "summary"]
    tables = tuple(_table(list(group), names) for _, group in groupby(_blocks(below), key=_layout))
    return Section(name, names.titles.get(name, name), names.abouts.get(name, ""), summaries, tables, drawn)


def _summary(result: Result, names: Names) -> Line:
    estimate = result.estimate()
    style = names.style(result.address, estimate.metric)
    axis = Axis.of([estimate])
    return Line(result.address, result.title, (figure(estimate, style, axis),), result.tally)


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


def _table(blocks: list[Scenario], names: Names) -> Table:
    modality, metrics = _layout(blocks[0])
    head = blocks[0][0]
    everything = [result for block in blocks for result in block]
    columns, axes = [], {}
    for metric in metrics:
        style, way = names.style(head.address, metric), head.estimate(metric).direction
        columns.append(Column(metric, style.title, way, DIRECTIONS[way], ARROWS[way]))
        found = [each for result in everything for each in result.estimates if each.metric == metric]
        axes[metric] = Axis.of(found)
    return Table(
        modality,
        MODALITIES.get(modality, modality),
        tuple(columns),
        _outcomes(everything, metrics),
        tuple(_block(block, names, axes) for block in blocks),
    )


def _outcomes(results: list[Result], metrics: Sequence[str]) -> tuple[str, ...]:
    """Labels that say more than answered, refused and missing do; those that are metrics too even where there are
    none, for a column that is not there does not say "none"."""
    labels = {label for result in results for label in result.tally.outcomes} | {*ORDER}.intersection(metrics)
    known = [label for label in ORDER if label in labels]
    others = labels - {*ORDER, MISSING, "answered"}
    return (*known, *sorted(label for label in others if not label.startswith(REFUSED)))


def _block(block: Scenario, names: Names, axes: Mapping[str, Axis]) -> Block:
    head, *cells = (_line(result, names, axes) for result in block)
    return Block(head, tuple(cells), names.abouts.get(head.address, ""))


def _line(result: Result, names: Names, axes: Mapping[str, Axis]) -> Line:
    there = {each.metric: each for each in result.estimates}
    figures = (
        figure(there[metric], names.style(result.address, metric), axis) if metric in there else None
        for metric, axis in axes.items()
    )
    return Line(result.address, result.title, tuple(figures), result.tally)
