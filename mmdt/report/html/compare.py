"""Several runs side by side: each run's numbers with intervals, and paired differences from the first run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.image import Image
from mmdt.core.modality import title_of
from mmdt.core.scenario import Perspective
from mmdt.report.cards.card import MetricCard
from mmdt.report.compared import ComparedRun, all_perspectives, cautions, compared_runs, paired
from mmdt.report.estimate_view import EstimateView, estimate_view
from mmdt.report.figures.differences import DifferenceRow, difference_plot
from mmdt.report.figures.drawing import Drawing
from mmdt.report.figures.overall import overall
from mmdt.report.figures.subject import Subject
from mmdt.report.html.embed import pack
from mmdt.report.html.inputs import ReportableRun, ReportInput, ReportOptions
from mmdt.report.html.page import Served, served_page, write_page
from mmdt.report.html.pairs import collect
from mmdt.report.html.parts import EmbeddedParts, Put
from mmdt.report.html.report import PICTURES_A_CHUNK, SERVED_TEXT, chunks, embedded_pictures
from mmdt.report.html.scopes import summary_scopes
from mmdt.report.names import DisplayNames
from mmdt.report.paired_text import beside, difference_text, rank_text
from mmdt.report.plot.axis import Axis
from mmdt.report.plot.plot import TOGETHER, Plot, plots
from mmdt.report.wording import ARROWS, p_text
from mmdt.stats.paired.compare import Compared, Difference, Rules
from mmdt.stats.paired.ranks import Rank
from mmdt.stats.scorecard import Result
from mmdt.stats.trade_offs import points

STYLES = (
    *("base.css", "overview.css", "figures.css", "scorecard.css", "plot.css", "cases.css", "compare.css", "print.css"),
)
SCRIPTS = (
    *("dom.js", "data.js", "search.js", "filter.js", "veil.js", "list.js", "detail.js", "steps.js", "toolbar.js"),
    *("folds.js", "anchors.js", "pairs.js"),
)


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """A run's difference from the first run, as texts. ``claim``: what may be claimed (``better``, ``equivalent``), or
    that nothing may; ``better``: which way a claim goes, None without one. ``beside``: what belongs to it."""

    text: str
    p: str
    cases: int
    claim: str
    better: bool | None
    beside: tuple[str, ...]
    of: Difference


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """One run's number in a row; any part may be missing. ``rank``: the ranks that the run may have."""

    estimate: EstimateView | None
    difference: PairedDifference | None = None
    rank: str = ""


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


def write_comparison(runs: Sequence[ReportableRun], path: Path, **options: Any) -> Path:
    """Write several runs side by side to one HTML file; ``options`` are those of :class:`ReportOptions`. Returns the
    path."""
    return build_comparison([ReportInput.of(run) for run in runs], path, ReportOptions(**options))


def build_comparison(runs: Sequence[ReportInput], path: Path, options: ReportOptions | None = None) -> Path:
    """Write several report inputs side by side to one HTML file.

    Raises UsageError for fewer than two runs, StoreError if the file cannot be written.
    """
    options = options or ReportOptions()
    parts = EmbeddedParts()
    values, images = _page_values(runs, parts.put, options.max_text, options.max_cases)
    values["data"] = pack(values["data"])
    values |= {"parts": parts.parts, "pictures": chunks(embedded_pictures(images, options))}
    return write_page("compare.html.j2", values, path, styles=STYLES, scripts=SCRIPTS)


def serve_comparison(runs: Sequence[ReportInput], put: Put, served: Served) -> tuple[bytes, list[Image]]:
    """The page for a server, with every case that several runs have; see ``serve_report``."""
    values, images = _page_values(runs, put, SERVED_TEXT, None)
    put("case-data", values.pop("data"))
    return served_page("compare.html.j2", values, served), images


def _page_values(
    runs: Sequence[ReportInput], put: Put, max_text: int, most: int | None
) -> tuple[dict[str, Any], list[Image]]:
    perspectives = all_perspectives(runs)
    names = DisplayNames.of(perspectives)
    compared_runs, tables, made = compare_inputs(runs)
    tables = with_plots(tables, compared_runs, perspectives, names)
    cases, images, left_out = collect(runs, compared_runs, put, max_text=max_text, most=most)
    rows = [row for table in tables for row in table.rows]
    titles = {row.address: row.title for row in rows if row.level == "summary"}
    values = {
        "runs": compared_runs,
        "cautions": cautions(compared_runs),
        "tests": made.tests,
        "tables": tables,
        "figures": _figures(runs, compared_runs, tables),
        "cards_shown": _cards(tables),
        "left_out": left_out,
        "data": {
            "runs": cases,
            "chunk": PICTURES_A_CHUNK,
            "scopes": summary_scopes(titles, perspectives),
            "metrics": {row.metric: [names.style(row.address, row.metric).title, row.way] for row in reversed(rows)},
        },
    }
    return values, images


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
            *(found.of.value, found.of.low, found.of.high, found.of.p_adjusted, found.of.matched),
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


def compare_inputs(
    runs: Sequence[ReportInput],
) -> tuple[list[ComparedRun], tuple[ComparedTable, ...], Compared]:
    """The runs, every number of them side by side, and their differences from the first run.

    Different evaluators are allowed; each number that they made says so. Raises UsageError for fewer than two runs.
    """
    found, perspectives = compared_runs(runs), all_perspectives(runs)
    made = paired(found, perspectives, Rules(other_evaluators=True))
    return found, tuple(compared(found, made, DisplayNames.of(perspectives))), made


def compared(runs: Sequence[ComparedRun], made: Compared, names: DisplayNames) -> tuple[ComparedTable, ...]:
    """Every summary and scenario of any run, by perspective, with the differences of ``made``."""
    addresses: dict[tuple[str, str], list[Result]] = {}
    for result in _union(runs):
        perspective, modality = result.address.split("/")[:2]
        where = "Summary" if result.level == "summary" else title_of(modality)
        addresses.setdefault((perspective, where), []).append(result)
    found = _Found.of(made, len(runs))
    return tuple(
        ComparedTable(names.titles.get(perspective, perspective), where, tuple(_rows(results, runs, names, found)))
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


@dataclass(frozen=True)
class _Found:
    """Differences and ranks by address, metric and label."""

    differences: Mapping[tuple[str, str, str], Difference]
    ranks: Mapping[tuple[str, str, str], Rank]

    @classmethod
    def of(cls, made: Compared, runs: int) -> _Found:
        """Of two runs, a rank says no more than the difference."""
        return cls(
            {(each.address, each.metric, each.run): each for each in made.differences},
            {(each.address, each.metric, each.run): each for each in made.ranks if runs > 2},
        )

    def value(self, view: EstimateView | None, address: str, metric: str, run: str) -> ComparedValue:
        key = address, metric, run
        found, rank = self.differences.get(key), self.ranks.get(key)
        shown = _difference(found) if found and not math.isnan(found.value) else None
        return ComparedValue(view, shown, rank_text(rank) if rank else "")


def _rows(
    results: Sequence[Result], runs: Sequence[ComparedRun], names: DisplayNames, found: _Found
) -> Iterable[ComparedRow]:
    for result in results:
        theirs = [_result(run, result.address) for run in runs]
        for estimate in result.estimates:
            metric, style = estimate.metric, names.style(result.address, estimate.metric)
            mine = [_estimate(each, metric) for each in theirs]
            axis = Axis.of([each for each in mine if each])
            values = tuple(
                found.value(estimate_view(each, style, axis) if each else None, result.address, metric, run.label)
                for each, run in zip(mine, runs, strict=True)
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


def _difference(found: Difference) -> PairedDifference:
    tested = not math.isnan(found.p_adjusted)
    p = p_text(found.p_adjusted if tested else found.p)
    if found.verdict == "not tested" and p:
        p += ", not adjusted"
    return PairedDifference(
        difference_text(found), p, found.matched, found.verdict, found.better, tuple(beside(found)), found
    )
