"""The ranks that a run may have, among several."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from mmdt.core.estimate import Direction
from mmdt.stats.holm import holm
from mmdt.stats.paired.pairs import Pair, PairKey, Test
from mmdt.stats.scorecard import Numbers

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Rank:
    """The ranks that a run may have in a number, 1 being the best: with 95 %, those of all runs together hold the true
    ones. ``value``: the run's own, on all of its cases."""

    address: str
    title: str
    metric: str
    run: str
    value: float
    low: int
    high: int


def ranks(
    labels: Sequence[str],
    cards: Sequence[Sequence[Numbers]],
    headlines: Sequence[tuple[Numbers, str]],
    pairs: Mapping[PairKey, Mapping[tuple[str, str], Pair]],
    p: Mapping[Test, float],
) -> list[Rank]:
    """Confidence sets of ranks (Mogstad, Romano, Shaikh and Wilhelm 2024, Review of Economic Studies 91).

    A run's ranks lie below all runs that are better beyond noise, and above all that are worse. The pairs of one number
    are one family (Holm), so that its sets hold together with 95 %. Numbers of which no way is better have no ranks.
    """
    values = [
        {(each.address, metric): node.estimate.value for each in card for metric, node in each.nodes.items()}
        for card in cards
    ]
    found = []
    for whole, metric in headlines:
        number = (whole.address, metric)
        direction = whole.nodes[metric].estimate.direction
        here = [index for index, each in enumerate(values) if not math.isnan(each.get(number, math.nan))]
        if direction == "neither" or len(here) < 2:
            continue
        beaten = _beaten(number, direction, here, pairs, p)
        for index in here:
            better = sum(loser == index for _, loser in beaten)
            worse = sum(winner == index for winner, _ in beaten)
            rank = Rank(
                *number[:1], whole.title, metric, labels[index], values[index][number], 1 + better, len(here) - worse
            )
            found.append(rank)
    return found


def _beaten(
    number: tuple[str, str],
    direction: Direction,
    here: Sequence[int],
    pairs: Mapping[PairKey, Mapping[tuple[str, str], Pair]],
    p: Mapping[Test, float],
) -> list[tuple[int, int]]:
    """(winner, loser) of each pair that differs beyond noise."""
    tested = {key: p[key, number] for key in combinations(here, 2) if (key, number) in p}
    adjusted = holm({str(key): each for key, each in tested.items()})
    found = []
    for key in tested:
        sums = pairs[key][number].sums
        if sums is not None and adjusted[str(key)] < ALPHA:
            second_wins = (sums.value > 0) == (direction == "higher")
            found.append((key[1], key[0]) if second_wins else key)
    return found
