"""How many cases each cell needs for an aim, by what earlier runs say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmdt.core.scenario import Metric, Scenario
from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.runs.result import Run
from mmdt.spelling import option
from mmdt.stats.intervals.special import ndtri
from mmdt.stats.intervals.wilson import LEVEL
from mmdt.stats.metrics import ClusteredMean
from mmdt.stats.people.corrected import CORRECTED
from mmdt.stats.planning.aims import Aim, for_difference, for_gate, for_width, power_at_gate, width_of
from mmdt.stats.planning.spread import Spread, paired_variance, spread_of
from mmdt.stats.planning.until import outputs_until
from mmdt.stats.scorecard import Scorecard

MOST_REPEATS = 20
"""Outputs a case that a plan may propose."""
UNKNOWN = 0.5
"""The rate that is assumed where nothing is known: that at which intervals are widest."""


@dataclass(frozen=True, slots=True)
class NeededCell:
    """What one cell needs. ``cases``: None where no number of them reaches the aim; ``available``: those that the data
    has; ``repeats``: outputs a case. ``rate``: what is expected of ``metric``, and ``design_effect``: how many outputs
    are worth one independent one; both of an earlier run, or ``assumed``. ``reached``: the width, difference or power
    that the asked cases give; ``note``: what else there is to know; ``until``: the cases after which a run that stops
    at the gate (``until``) has decided it in half of all runs, None where that is not known."""

    cell: str
    metric: str
    cases: int | None
    repeats: int
    available: int
    rate: float
    design_effect: float
    assumed: bool
    reached: float
    note: str = ""
    until: int | None = None

    @property
    def asked(self) -> int:
        """The cases that a run for the aim asks: all, where that is not enough."""
        return self.available if self.cases is None else min(self.cases, self.available)

    @property
    def enough(self) -> bool:
        return self.cases is not None and self.cases <= self.available


class Earlier:
    """The runs that a plan rests on: one, or two whose models are to be compared. Raises UsageError for more."""

    def __init__(self, runs: Sequence[Run]) -> None:
        if len(runs) > 2:
            raise UsageError(f"{len(runs)} earlier runs are named", where=option("earlier"), hint="name one or two")
        self._rows = [_rows(run) for run in runs]
        self._card: Scorecard | None = runs[0].scorecard() if runs else None

    def spread(self, cell: str, metric: Metric) -> Spread | None:
        """What they say about one number of a cell; None where they say nothing."""
        mean = metric.estimate
        if not self._rows or not isinstance(mean, ClusteredMean):
            return None
        found = spread_of(mean, self._rows[0].get(cell, ()))
        if found is None:
            return None
        if len(self._rows) > 1:
            found = replace(found, paired=paired_variance(mean, *(rows.get(cell, ()) for rows in self._rows)))
        return self._corrected(found, cell, metric)

    def _corrected(self, spread: Spread, cell: str, metric: Metric) -> Spread:
        """With the rate that people's labels give, and the variance that comes from their being few."""
        assert self._card is not None  # noqa: S101 - there are rows
        results = [each for each in self._card.results if each.address == cell]
        people = [each for result in results for each in result.estimates if each.metric == f"{metric.name}{CORRECTED}"]
        own = [each for result in results for each in result.estimates if each.metric == metric.name]
        if not people or not own or math.isnan(people[0].high - people[0].low):
            return spread
        z = float(ndtri((1 + LEVEL) / 2))
        more = (people[0].high - people[0].low) ** 2 - (own[0].high - own[0].low) ** 2
        return replace(spread, rate=min(max(people[0].value, 0.001), 0.999), labels=max(more, 0.0) / (2 * z) ** 2)


def needed(
    aim: Aim,
    scenarios: Mapping[str, Scenario],
    available: Mapping[str, int],
    repeats: Mapping[str, int],
    earlier: Earlier,
    expected: float | None = None,
) -> Iterator[NeededCell]:
    """What each cell needs for its headline. ``available``: the cases of each cell in the data; ``repeats``: the
    outputs a case that a run asks for unless the plan says otherwise; ``expected``: the rate where no earlier run
    tells."""
    for cell, number in available.items():
        scenario = scenarios[cell.rpartition("/")[0]]
        metric = next(each for each in scenario.metrics if each.name == scenario.headline)
        mean = metric.estimate
        if not isinstance(mean, ClusteredMean) or mean.bounds is None:
            note = f"{metric.name} is not a mean of bounded values: all cases are asked"
            yield NeededCell(cell, metric.name, None, repeats[cell], number, math.nan, math.nan, True, math.nan, note)
            continue
        least, most = mean.bounds
        own = _in_units(aim, least, most)
        spread = earlier.spread(cell, metric)
        assumed = spread is None
        if spread is None:
            spread = Spread(_assumed(own, expected), repeats=repeats[cell])
        yield _cell(cell, metric.name, own, spread, number, repeats[cell], most - least, assumed=assumed)


def _in_units(aim: Aim, least: float, most: float) -> Aim:
    """The aim for values within [0, 1]."""
    value = (aim.value - least) / (most - least) if aim.kind == "gate" else aim.value / (most - least)
    return replace(aim, value=value)


def _assumed(aim: Aim, expected: float | None) -> float:
    if expected is not None:
        return expected
    return aim.value / 2 if aim.kind == "gate" else UNKNOWN


def _cell(
    cell: str, metric: str, aim: Aim, spread: Spread, available: int, repeats: int, scale: float, *, assumed: bool
) -> NeededCell:
    chosen = repeats
    if _cases(aim, spread, repeats) > available and spread.within is not None:
        more = (each for each in range(repeats + 1, MOST_REPEATS + 1) if _cases(aim, spread, each) <= available)
        chosen = next(more, repeats)
    cases = _cases(aim, spread, chosen)
    finite = math.isfinite(cases)
    asked = min(cases, available)
    stop = outputs_until(aim, spread.rate)
    return NeededCell(
        cell,
        metric,
        math.ceil(cases) if finite else None,
        chosen,
        available,
        spread.rate,
        chosen / spread.worth(chosen),
        assumed,
        _reached(aim, spread, chosen, asked) * (scale if aim.kind != "gate" else 1.0),
        _note(aim, spread, finite=finite),
        None if stop is None else math.ceil(stop / spread.worth(chosen)),
    )


def _cases(aim: Aim, spread: Spread, repeats: int) -> float:
    if aim.kind == "detect":
        return for_difference(_paired(spread, repeats), aim.value, aim.power)
    outputs = (
        for_width(spread.rate, aim.value, spread.labels)
        if aim.kind == "width"
        else for_gate(spread.rate, aim.value, aim.power, spread.labels)
    )
    return outputs / spread.worth(repeats)


def _paired(spread: Spread, repeats: int) -> float:
    """The variance of the difference of two models on one case; as if they were independent, where only one is
    known."""
    if spread.paired is not None:
        return spread.paired
    return 2 * spread.rate * (1 - spread.rate) / spread.worth(repeats)


def _reached(aim: Aim, spread: Spread, repeats: int, cases: float) -> float:
    """What this many cases give: a width, the difference that is seen, or the power at the gate."""
    if cases <= 0:
        return math.nan
    if aim.kind == "detect":
        return aim.value * math.sqrt(for_difference(_paired(spread, repeats), aim.value, aim.power) / cases)
    outputs = max(cases * spread.worth(repeats), 1e-9)
    if aim.kind == "width":
        return width_of(spread.rate, outputs, spread.labels)
    unit = spread.rate * (1 - spread.rate)
    number = max(1.0, math.floor(1 / (1 / outputs + spread.labels / unit))) if unit > 0 else outputs
    return float(power_at_gate(spread.rate, aim.value, np.array([number]))[0])


def _note(aim: Aim, spread: Spread, *, finite: bool) -> str:
    if not finite and aim.kind == "gate" and spread.rate == aim.value:
        return "the rate is that of the gate: no number of cases tells"
    if not finite:
        return "what is not known of the judge's errors alone is more than this: label more outputs"
    if aim.kind == "detect" and spread.paired is None:
        return "taken as if the two models erred independently; name a run of each to plan with how often they differ"
    return ""


def _rows(run: Run) -> dict[str, list[Scored]]:
    found: dict[str, list[Scored]] = {}
    for _, row in run.scored():
        found.setdefault(str(row.cell), []).append(row)
    return found
