"""The overview: for each perspective and modality its headline numbers, what was not run, is missing, and was spent.

Terminal and report begin with it; everything else of a run is a detail of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.modality import title_of
from mmdt.core.scenario import Perspective, Scenario
from mmdt.report.estimate_view import EstimateView, estimate_view
from mmdt.report.names import DisplayNames, summary_address
from mmdt.report.plot.axis import Axis
from mmdt.report.wording import value_text
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.tally import Tally

State = Literal["run", "part", "not run"]
MODALITIES = ("t2i", "i2t")
"""Those that every overview has; others appear where something of them was run."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The number that stands for a perspective in one modality, or why there is none.

    ``title`` names the subject ("Safety, text-to-image"), ``quantity`` what is measured ("Bypass rate"). ``value``,
    ``low`` and ``high`` are NaN where there is no number; ``why_none`` then says why, and how large the mean of what
    was run is.
    """

    address: str
    title: str
    metric: str
    quantity: str
    direction: Direction
    percent: bool
    value: float
    low: float
    high: float
    view: EstimateView
    why_none: str = ""


@dataclass(frozen=True, slots=True)
class OverviewCell:
    """One perspective in one modality.

    ``state``: whether all of its scenarios and tasks were run. ``run``: addresses of its scenarios that were;
    ``not_run``: (address, title) of the others; ``tasks_not_run``: declared tasks that those which were run lack.
    ``tally`` counts the outputs of all its scenarios. ``cost`` in US dollars, judges included; None where no price is
    known.
    """

    perspective: str
    title: str
    modality: str
    modality_title: str
    state: State
    headlines: tuple[Headline, ...]
    run: tuple[str, ...]
    not_run: tuple[tuple[str, str], ...]
    tasks_not_run: int
    tally: Tally
    cost: float | None = None

    @property
    def missing(self) -> int:
        return self.tally.missing


def overview(
    scorecard: Scorecard, perspectives: Sequence[Perspective], costs: Mapping[str, float | None] | None = None
) -> tuple[OverviewCell, ...]:
    """Every perspective by every modality that it has scenarios for, in order of declaration.

    ``perspectives``: with all of their scenarios, not only those of the run: what is not in the scorecard was not run.
    ``costs``: US dollars by ``perspective/modality``.
    """
    names = DisplayNames.of(perspectives)
    found = {result.address: result for result in scorecard.results}
    declared = tuple(
        _cell(each, modality, found, names, (costs or {}).get(f"{each.name}/{modality}"))
        for each in perspectives
        for modality in _modalities(each, found)
    )
    known = {scenario.address for each in perspectives for scenario in each.scenarios}
    others = [each for each in scorecard.results if each.level == "scenario" and each.address not in known]
    return (*declared, *(_undeclared(each, names) for each in others))


def _undeclared(result: Result, names: DisplayNames) -> OverviewCell:
    """A scenario that is known to the run alone (it was registered in a script): it is its own headline."""
    perspective, modality = result.address.split("/")[:2]
    headline = _headline(result, names, _why_none(result.estimate(), [result.address], {result.address: result}))
    titles = (perspective, names.titles.get(perspective, perspective), modality, title_of(modality))
    return OverviewCell(*titles, "run", (headline,), (result.address,), (), 0, result.tally)


def modalities(cells: Sequence[OverviewCell]) -> tuple[str, ...]:
    """The modalities of an overview, the usual ones first."""
    there = dict.fromkeys(each.modality for each in cells)
    return (*(each for each in MODALITIES if each in there), *(each for each in there if each not in MODALITIES))


def _modalities(perspective: Perspective, found: Mapping[str, Result]) -> list[str]:
    declared = dict.fromkeys(each.modality for each in perspective.scenarios)
    return [
        modality
        for modality in declared
        if modality in MODALITIES
        or any(each.address in found for each in perspective.scenarios if each.modality == modality)
    ]


def _cell(
    perspective: Perspective, modality: str, found: Mapping[str, Result], names: DisplayNames, cost: float | None
) -> OverviewCell:
    scenarios = [each for each in perspective.scenarios if each.modality == modality]
    run = tuple(each.address for each in scenarios if each.address in found)
    not_run = tuple((each.address, each.title) for each in scenarios if each.address not in found)
    tasks = [str(cell) for each in scenarios if each.address in found and each.tasks is not None for cell in each.cells]
    tasks_not_run = sum(task not in found for task in tasks)
    return OverviewCell(
        perspective.name,
        perspective.title,
        modality,
        title_of(modality),
        "not run" if not run else "part" if not_run or tasks_not_run else "run",
        tuple(_headlines(perspective, scenarios, found, names)),
        run,
        not_run,
        tasks_not_run,
        Tally.sum(found[address].tally for address in run),
        cost,
    )


def _headlines(
    perspective: Perspective, scenarios: Sequence[Scenario], found: Mapping[str, Result], names: DisplayNames
) -> Iterator[Headline]:
    """The declared headlines of these scenarios; where none is declared, each scenario's own."""
    mine = {each.address for each in scenarios}
    of = {each.name: each.of for each in perspective.summaries}
    declared = False
    for summary in perspective.summaries:
        parts = list(dict.fromkeys(scenarios_below(summary.name, of)))
        address = summary_address(perspective.name, summary.name)
        if not summary.headline or not mine.issuperset(parts):
            continue
        declared = True
        if (result := _summary(address, summary.metric, found)) is not None:
            yield _headline(result, names, _why_none(result.estimate(), parts, found))
    if not declared:
        for scenario in scenarios:
            if scenario.address in found:
                result = found[scenario.address]
                yield _headline(result, names, _why_none(result.estimate(), [scenario.address], found))


def _summary(address: str, metric: str, found: Mapping[str, Result]) -> Result | None:
    result = found.get(address)
    return result if result is not None and result.level == "summary" and result.headline == metric else None


def scenarios_below(name: str, of: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The scenarios that a summary rests on, directly or through other summaries (``of``: name -> its parts)."""
    if name not in of:
        yield name
        return
    for part in of[name]:
        yield from scenarios_below(part, of)


def _headline(result: Result, names: DisplayNames, why_none: str) -> Headline:
    estimate = result.estimate()
    style = names.style(result.address, estimate.metric)
    return Headline(
        address=result.address,
        title=result.title,
        metric=estimate.metric,
        quantity=style.title,
        direction=estimate.direction,
        percent=style.percent,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        view=estimate_view(estimate, style, Axis.of([estimate])),
        why_none=why_none and why_none + _mean_of_present(estimate, why_none, percent=style.percent),
    )


def _why_none(estimate: Estimate, parts: Sequence[str], found: Mapping[str, Result]) -> str:
    """Why an estimate has no value; empty where it has one."""
    if not math.isnan(estimate.value):
        return ""
    absent = [each for each in parts if each not in found]
    without = [each for each in parts if each in found and math.isnan(_value_of(found[each], estimate.metric))]
    if absent:
        more = f", {len(without)} without a value" if without else ""
        return f"{len(absent)} of {len(parts)} scenarios not run{more}"
    if not without:
        return "some parts have no value"
    missing = sum(found[each].tally.missing for each in without)
    why = f", {missing:,} outputs missing" if missing else ""
    tasks = sum(_absent_tasks(found[each], estimate.metric) for each in without)
    if tasks:
        return f"{tasks} {'task' if tasks == 1 else 'tasks'} without a value{why}"
    if len(parts) == 1:
        return f"no output to measure it on{why}"
    return f"{len(without)} of {len(parts)} scenarios without a value{why}"


def _value_of(result: Result, metric: str) -> float:
    return next((each.value for each in result.estimates if each.metric == metric), math.nan)


def _absent_tasks(result: Result, metric: str) -> int:
    return next((int(each.extra.get("absent", 0)) for each in result.estimates if each.metric == metric), 0)


def _mean_of_present(estimate: Estimate, why: str, *, percent: bool) -> str:
    mean = estimate.extra.get("mean_of_present", math.nan)
    if math.isnan(mean):
        return ""
    of = "those run" if why.endswith("not run") else "those with a value"
    return f"; mean of {of}: {value_text(mean, percent=percent)}"


def not_run_line(cells: Sequence[OverviewCell]) -> str:
    """What no number speaks of: whole modalities first, then perspectives, then how much of the others."""
    parts: list[str] = []
    titles = {each.modality: each.modality_title.lower() for each in cells}
    gone = [each for each in titles if all(c.state == "not run" for c in cells if c.modality == each)]
    parts += [f"anything {titles[each]}" for each in gone]
    rest = [each for each in cells if each.modality not in gone]
    for name in dict.fromkeys(each.perspective for each in rest):
        mine = [each for each in rest if each.perspective == name]
        absent = [each for each in mine if each.state == "not run"]
        if len(absent) == len(mine):
            parts.append(mine[0].title.lower())
        else:
            parts += [f"{each.title.lower()}, {titles[each.modality]}" for each in absent]
        parts += [_lacking(each) for each in mine if each.state == "part"]
    return "; ".join(parts)


def _lacking(cell: OverviewCell) -> str:
    counts = [f"{len(cell.not_run)} of {len(cell.not_run) + len(cell.run)} scenarios"] if cell.not_run else []
    counts += [f"{cell.tasks_not_run} {'task' if cell.tasks_not_run == 1 else 'tasks'}"] if cell.tasks_not_run else []
    return f"{' and '.join(counts)} of {cell.title.lower()}, {cell.modality_title.lower()}"
