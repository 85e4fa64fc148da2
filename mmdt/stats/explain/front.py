"""Trade-offs over models: a joint region for each, and which of them none beats in both numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mmdt.core.estimate import Estimate
from mmdt.stats.intervals.special import ndtri
from mmdt.stats.trade_offs import Point

LEVEL = 0.05
_ONE = 1.959963984540054
Place = Literal["on the front", "may be on the front", "behind the front"]


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle (low across, high across, low up, high up) that holds both true numbers with 95 %."""

    across: tuple[float, float]
    up: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A model's point of a trade-off. ``region`` holds both numbers with 95 %. ``place``: by the values alone a model
    is on the front if no other is at least as good in both and better in one. ``behind the front``: another is better
    in both beyond noise (over all pairs of models, with 95 %); ``by`` names it."""

    trade_off: str
    model: str
    across: Estimate
    up: Estimate
    region: Region
    place: Place
    by: str = ""


def placed(points: Sequence[Point]) -> tuple[Placed, ...]:
    """The points of one or several trade-offs with their regions and places."""
    found: list[Placed] = []
    for name in dict.fromkeys(each.trade_off.name for each in points):
        members = [each for each in points if each.trade_off.name == name]
        found += [_placed(each, members) for each in members]
    return tuple(found)


def widened(estimate: Estimate, error: float) -> tuple[float, float]:
    """The interval at another two-sided error, from the arms of the 95 % one."""
    factor = float(ndtri(1 - error / 2)) / _ONE
    low, high = estimate.low, estimate.high
    return estimate.value - factor * (estimate.value - low), estimate.value + factor * (high - estimate.value)


def _placed(point: Point, members: Sequence[Point]) -> Placed:
    across, up = point.across.estimate, point.up.estimate
    region = Region(widened(across, LEVEL / 2), widened(up, LEVEL / 2))
    others = [each for each in members if each is not point]
    error = LEVEL / max(1, 2 * len(members))
    surely = next((each.model for each in others if _surely_better(each, point, error)), "")
    if surely:
        place: Place = "behind the front"
    else:
        beaten = any(_better(each, point) for each in others)
        place = "may be on the front" if beaten else "on the front"
    return Placed(point.trade_off.name, point.model, across, up, region, place, surely)


def _better(one: Point, other: Point) -> bool:
    gains = [_gain(one.across.estimate, other.across.estimate), _gain(one.up.estimate, other.up.estimate)]
    return min(gains) >= 0 and max(gains) > 0


def _surely_better(one: Point, other: Point, error: float) -> bool:
    """Whether the regions of both models say so, each at the level of Bonferroni."""
    return all(_apart(getattr(one, side).estimate, getattr(other, side).estimate, error) for side in ("across", "up"))


def _gain(one: Estimate, other: Estimate) -> float:
    return other.value - one.value if one.direction == "lower" else one.value - other.value


def _apart(one: Estimate, other: Estimate, error: float) -> bool:
    (low, high), (other_low, other_high) = widened(one, error), widened(other, error)
    if any(map(math.isnan, (low, high, other_low, other_high))):
        return False
    return high < other_low if one.direction == "lower" else low > other_high
