"""Slices: the numbers of a scenario over cases that share entries of their targets, such as an attack and a policy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Metric, Sample, Scenario
from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.stats.intervals.shrunken import shrunken
from mmdt.stats.intervals.wilson import UNIT
from mmdt.stats.metrics import ClusteredMean
from mmdt.stats.scorecard import Scorecard

MAX_SLICES = 5_000
"""Most slices of a run; an entry with more values does not divide the cases into kinds."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One scenario and one value of each entry, with the scenario's metrics over these cases. ``headline``: the metric
    to show first. A number over few cases has a wide interval, and the slices of one run are many comparisons.
    ``shrunken``: the headline, pulled towards what the slices of the scenario have in common; None where it is no rate,
    or they are too few. ``coverage``: how often such intervals hold the truth of slices like these, on average, and
    ``alone`` how often those of each slice by itself do, both by simulation."""

    address: str
    values: Mapping[str, str]
    estimates: tuple[Estimate, ...]
    headline: str
    shrunken: Estimate | None = None
    coverage: float = math.nan
    alone: float = math.nan


def slices(
    scenarios: Mapping[str, Scenario], rows: Iterable[tuple[Scored, Mapping[str, Any]]], keys: Sequence[str]
) -> Iterator[Slice]:
    """The slices of every scenario whose cases have all the entries, in order of their values.

    Raises UsageError where no case has them.
    """
    if not keys:
        raise UsageError("no entry is named", hint="name entries of the targets, such as attack,policy")
    found: dict[tuple[str, tuple[str, ...]], list[Scored]] = {}
    known: dict[str, None] = {}
    for row, target in rows:
        known.update(dict.fromkeys(target))
        if all(key in target for key in keys):
            values = tuple(_text(target[key]) for key in keys)
            found.setdefault((row.cell.parent, values), []).append(row)
            if len(found) > MAX_SLICES:
                raise UsageError(f"more than {MAX_SLICES:,} slices", hint="use an entry with fewer values")
    if not found:
        named = ", ".join(sorted(known)) or "nothing"
        raise UsageError(f"no case has {' and '.join(keys)} in its target", hint=f"the targets have {named}")
    for address, entries in groupby(sorted(found.items(), key=lambda entry: entry[0]), key=lambda entry: entry[0][0]):
        scenario = scenarios[address]
        made = [
            Slice(
                address,
                dict(zip(keys, values, strict=True)),
                tuple(metric.estimate(Sample(members)) for metric in scenario.metrics),
                scenario.headline,
            )
            for (_, values), members in entries
        ]
        yield from _shrunken(made, scenario)


def task_slices(card: Scorecard, scenarios: Mapping[str, Scenario]) -> Iterator[Slice]:
    """The tasks of every scenario whose headline can be shrunken, as slices: ``address`` is that of the task."""
    for address, scenario in scenarios.items():
        tasks = [each for each in card.results if each.level == "cell" and each.address.rpartition("/")[0] == address]
        made = [Slice(each.address, {"task": each.title}, each.estimates, scenario.headline) for each in tasks]
        yield from (each for each in _shrunken(made, scenario) if each.shrunken)


def _shrunken(made: Sequence[Slice], scenario: Scenario) -> Iterator[Slice]:
    """The slices of one scenario, with their headline shrunken where it is a rate."""
    metric = next(each for each in scenario.metrics if each.name == scenario.headline)
    headlines = [next((each for each in one.estimates if each.metric == metric.name), _nothing(metric)) for one in made]
    found = shrunken(headlines) if metric.bounds == UNIT and isinstance(metric.estimate, ClusteredMean) else None
    for place, one in enumerate(made):
        if found is None:
            yield one
        else:
            yield replace(one, shrunken=found.estimates[place], coverage=found.coverage, alone=found.alone)


def _nothing(metric: Metric) -> Estimate:
    return Estimate(metric.name, math.nan, math.nan, math.nan, 0, 0)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
