"""Trade-offs of a run: two numbers of a model, each with its interval, as a point in a plane."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Perspective
from mmdt.core.trade_off import Side, TradeOff
from mmdt.stats.scorecard import Result, Scorecard


@dataclass(frozen=True, slots=True)
class Coordinate:
    """One number of a point with its 95 % interval, and the scorecard result that holds it."""

    result: Result
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Point:
    """A model's two numbers of one trade-off."""

    model: str
    trade_off: TradeOff
    across: Coordinate
    up: Coordinate


def points(perspectives: Iterable[Perspective], card: Scorecard, model: str = "") -> tuple[Point, ...]:
    """A point for each declared trade-off that has both numbers in the scorecard."""
    by_address = {result.address: result for result in card.results}
    declared = [each for perspective in perspectives for each in perspective.trade_offs]
    found = ((each, _coordinate(each.across, by_address), _coordinate(each.up, by_address)) for each in declared)
    return tuple(Point(model, each, across, up) for each, across, up in found if across and up)


def _coordinate(side: Side, by_address: dict[str, Result]) -> Coordinate | None:
    return next(_candidates(side, by_address), None)


def _candidates(side: Side, by_address: dict[str, Result]) -> Iterator[Coordinate]:
    for address in side.of:
        result = by_address.get(address)
        for estimate in result.estimates if result else ():
            if result and estimate.metric == side.metric and not math.isnan(estimate.value):
                yield Coordinate(result, estimate)
