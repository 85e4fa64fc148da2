"""Intervals of individual fairness from groups of prompts: of a mean over groups, and of a gap in quality.

Groups are few (five for embedded data), and there a bootstrap is too narrow: with five groups it held the mean of I_d
86 % of the time and a gap in quality 86 to 93 %. A t interval fails in other samples, so both are made, and the outer
ends of the two are used. For the unfairness that is computed once from all cases see ``individual_range``.
"""

from __future__ import annotations

import math
from zlib import crc32

import numpy as np

from mmdt.stats.estimates import IntervalAndMethod
from mmdt.stats.fairness.cluster_tables import gap
from mmdt.stats.intervals.bootstrap import bootstrap_interval
from mmdt.stats.intervals.difference import difference_interval, influence
from mmdt.stats.intervals.means import mean_interval, unit_interval
from mmdt.stats.intervals.wilson import NOWHERE, UNIT, Floats, Interval

TWO_RATES = "MOVER from both accuracies, by group"
SHARE = "Wilson, effective n, by group"
BOOTSTRAP_AND_T = "BCa bootstrap and t by group, the outer ends"
BOOTSTRAP_WITH_PRIOR = "BCa bootstrap by group, with one imagined at either end"
NO_INTERVAL = "no interval: a mean of ratios whose denominators may be zero"
_OPPOSITE_GAPS = np.array([[1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 1.0]])
"""Two groups of opposite gaps, added where the groups of the sample do not differ at all."""


def part_interval(part: str, values: Floats, name: str) -> IntervalAndMethod:
    """Interval of the mean over groups of one part of ``IndividualUnfairness``; ``name`` seeds the resamples."""
    if part in ("ratio", "published"):
        return NOWHERE, NO_INTERVAL
    return share_interval(values) if part == "bounded" else small_mean_interval(values, name)


def share_interval(values: Floats) -> IntervalAndMethod:
    """Of a mean over groups of values that spread over a good part of [0, 1]."""
    return unit_interval(values, np.ones(len(values)), binary=False), SHARE


def small_mean_interval(values: Floats, name: str) -> IntervalAndMethod:
    """Of a mean over groups of values within [0, 1], most of them small.

    Values without spread get one imagined value at either bound.
    """
    seed, table = crc32(name.encode()), _with_ones(values)
    found = bootstrap_interval(table, _mean, seed=seed)
    if math.isnan(found[0]):
        with_prior = _with_ones(np.append(values, UNIT))
        return bootstrap_interval(with_prior, _mean, seed=seed), BOOTSTRAP_WITH_PRIOR
    low, high = _outer(found, mean_interval(values, np.ones(len(values))))
    return (max(low, 0.0), min(high, 1.0)), BOOTSTRAP_AND_T


def _with_ones(values: Floats) -> Floats:
    return np.column_stack([values, np.ones(len(values))])


def _mean(totals: Floats) -> Floats:
    return np.asarray(totals[..., 0] / totals[..., 1])


def gap_interval(table: Floats, name: str, *, binary: bool) -> IntervalAndMethod:
    """Of ``gap``, from sums and numbers by group (groups x 4).

    From both accuracies where qualities are right or wrong. Other qualities lie close together, so there the spread of
    the groups decides.
    """
    if binary:
        return difference_interval((table[:, 0], table[:, 1]), (table[:, 2], table[:, 3]), binary=True), TWO_RATES
    seed = crc32(name.encode())
    found = bootstrap_interval(table, gap, seed=seed)
    if math.isnan(found[0]):
        with_prior = np.vstack([table, _OPPOSITE_GAPS])
        return bootstrap_interval(with_prior, gap, seed=seed), BOOTSTRAP_WITH_PRIOR
    low, high = _outer(found, _linear_gap_interval(table))
    return (max(low, -1.0), min(high, 1.0)), BOOTSTRAP_AND_T


def _linear_gap_interval(table: Floats) -> Interval:
    """t interval of ``gap``, from what each group adds to it to first order."""
    value = float(gap(table.sum(axis=0)))
    added = influence(table[:, 0], table[:, 1]) - influence(table[:, 2], table[:, 3])
    low, high = mean_interval(added * len(added), np.ones(len(added)))
    return value + low, value + high


def _outer(one: Interval, other: Interval) -> Interval:
    """The outer ends of two intervals; an end that is NaN is ignored."""
    return float(np.fmin(one[0], other[0])), float(np.fmax(one[1], other[1]))
