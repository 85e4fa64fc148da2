"""The squared gap in quality where nobody is asked about twice: every case has one person, of one side.

The accuracies of both sides are then compared over all cases. From the squared gap of each attribute its sampling
variance is subtracted, as within questions (``squared_bias``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.core.faces import ATTRIBUTES
from mmdt.core.score import Scored
from mmdt.stats.estimates import no_estimate
from mmdt.stats.fairness.squared_bias import NAME, from_means
from mmdt.stats.intervals.wilson import Floats

Sides = tuple[dict[str, float], dict[str, float]]
"""Mean quality by cluster of the favoured, and of the others."""


def pooled_squared_gap(rows: Sequence[Scored]) -> Estimate:
    """Mean over the attributes of the squared gap between the mean qualities of both sides, without what chance adds.

    No value for fewer than two clusters on either side of every attribute.
    """
    found = {name: _sides(rows, name) for name in ATTRIBUTES}
    sides = {name: both for name, both in found.items() if min(map(len, both)) > 1}
    if not sides:
        return no_estimate(NAME, rows, "lower")
    clusters = list(dict.fromkeys(name for both in sides.values() for side in both for name in side))
    gaps = [np.array([_mean(one) - _mean(other)]) for one, other in sides.values()]
    errors = [_influence(both, clusters)[None, :] for both in sides.values()]
    fewest = min(len(side) for both in sides.values() for side in both)
    answered = sum("quality" in row.score.values for row in rows)
    return from_means(gaps, errors, fewest - 1, rows, n=answered, clusters=len(clusters))


def _sides(rows: Sequence[Scored], name: str) -> Sides:
    found: tuple[dict[str, list[float]], dict[str, list[float]]] = ({}, {})
    for row in rows:
        if "quality" in row.score.values and name in row.score.values:
            side = found[0 if row.score.values[name] == 1.0 else 1]
            side.setdefault(row.cluster, []).append(row.score.values["quality"])
    one, other = ({cluster: sum(each) / len(each) for cluster, each in side.items()} for side in found)
    return one, other


def _mean(side: dict[str, float]) -> float:
    return sum(side.values()) / len(side)


def _influence(sides: Sides, clusters: Sequence[str]) -> Floats:
    """Each cluster's contribution to the error of the gap; the squares add up to its unbiased variance."""
    total = np.zeros(len(clusters))
    for sign, side in zip((1.0, -1.0), sides, strict=True):
        mean, number = _mean(side), len(side)
        away = np.array([side[name] - mean if name in side else 0.0 for name in clusters])
        total += sign * away / math.sqrt(number * (number - 1))
    return total
