"""Intervals of individual fairness that come from groups of prompts: of a mean over groups, of a gap in quality.

Groups are few (five for embedded data), and there a bootstrap is too narrow: it held the mean of I_d 86 % of the time
and a gap in quality 86 to 93 % with five groups. A t interval errs in other samples, so both are made, and the outer
ends of the two taken. For the unfairness that is computed once from all cases see ``individual_range``.
"""

from __future__ import annotations

import math
from zlib import crc32

import numpy as np

from mmdt.stats.estimates import Made
from mmdt.stats.intervals.bootstrap import bootstrap_interval
from mmdt.stats.intervals.difference import difference_interval
from mmdt.stats.intervals.means import mean_interval, unit_interval
from mmdt.stats.intervals.wilson import UNIT, Floats, Interval

BY_RATES = "MOVER from both accuracies, by group"
BY_SHARE = "Wilson, effective n, by group"
BY = "BCa bootstrap and t by group, the outer ends"
BY_IMAGINED = "BCa bootstrap by group, with one imagined at either end"
NONE = "no interval: a mean of ratios whose denominators may be nought"
_IMAGINED = np.array([[1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 1.0]])
"""Two groups of opposite gaps, added where the groups there are do not differ at all."""


def share_interval(values: Floats) -> Made:
    """Of a mean over groups of values within [0, 1] that spread over a good part of it."""
    return unit_interval(values, np.ones(len(values)), binary=False), BY_SHARE


def size_interval(values: Floats, name: str) -> Made:
    """Of a mean over groups of values within [0, 1], most of them small; without spread, one imagined value at either
    bound gives it some."""
    seed, table = crc32(name.encode()), _with_ones(values)
    found = bootstrap_interval(table, _mean, seed=seed)
    if math.isnan(found[0]):
        return bootstrap_interval(_with_ones(np.append(values, UNIT)), _mean, seed=seed), BY_IMAGINED
    low, high = _outer(found, mean_interval(values, np.ones(len(values))))
    return (max(low, 0.0), min(high, 1.0)), BY


def _with_ones(values: Floats) -> Floats:
    return np.column_stack([values, np.ones(len(values))])


def _mean(totals: Floats) -> Floats:
    return np.asarray(totals[..., 0] / totals[..., 1])


def gap(totals: Floats) -> Floats:
    """The first mean minus the second, from the sum and number of either (the last axis, 4)."""
    return np.asarray(totals[..., 0] / totals[..., 1] - totals[..., 2] / totals[..., 3])


def gap_interval(table: Floats, name: str, *, binary: bool) -> Made:
    """Of ``gap``, from sums and numbers by group (groups x 4): from both accuracies where qualities are right or wrong;
    else from the spread of the groups, as qualities lie close together."""
    if binary:
        return difference_interval((table[:, 0], table[:, 1]), (table[:, 2], table[:, 3]), binary=True), BY_RATES
    seed = crc32(name.encode())
    found = bootstrap_interval(table, gap, seed=seed)
    if math.isnan(found[0]):
        return bootstrap_interval(np.vstack([table, _IMAGINED]), gap, seed=seed), BY_IMAGINED
    low, high = _outer(found, _linear_gap(table))
    return (max(low, -1.0), min(high, 1.0)), BY


def _linear_gap(table: Floats) -> Interval:
    """t interval of ``gap``, from what each group adds to it to first order."""
    totals = table.sum(axis=0)
    first, second = totals[0] / totals[1], totals[2] / totals[3]
    added = (table[:, 0] - first * table[:, 1]) / totals[1] - (table[:, 2] - second * table[:, 3]) / totals[3]
    ones = np.ones(len(added))
    low, high = mean_interval(added * len(added), ones)
    return first - second + low, first - second + high


def _outer(one: Interval, other: Interval) -> Interval:
    """The outer ends of two intervals; an end that is NaN is none."""
    return float(np.fmin(one[0], other[0])), float(np.fmax(one[1], other[1]))
