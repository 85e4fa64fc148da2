"""Intervals of individual fairness that come from groups of prompts: of a mean over groups, of a gap in quality.

For the unfairness that is computed once from all cases see ``individual_range``.
"""

from __future__ import annotations

import math
from zlib import crc32

import numpy as np

from mmdt.perspectives.measured import Made
from mmdt.stats.bootstrap import bootstrap_interval
from mmdt.stats.difference import difference_interval
from mmdt.stats.intervals import Bounds, Floats

BY_RATES = "MOVER from both accuracies, by group"
BY = "BCa bootstrap by group"
BY_IMAGINED = f"{BY}, with one imagined at either end"
_IMAGINED = np.array([[1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 1.0]])
"""Two groups of opposite gaps, added where the groups there are do not differ at all."""


def mean_interval(values: Floats, bounds: Bounds, name: str) -> Made:
    """Bootstrap interval of a mean; without spread, one imagined value at either bound (if any) gives it some."""
    seed = crc32(name.encode())
    found = bootstrap_interval(_with_ones(values), _mean, seed=seed)
    if not math.isnan(found[0]) or bounds is None:
        return found, BY
    return bootstrap_interval(_with_ones(np.append(values, bounds)), _mean, seed=seed), BY_IMAGINED


def _with_ones(values: Floats) -> Floats:
    return np.column_stack([values, np.ones(len(values))])


def _mean(totals: Floats) -> Floats:
    return np.asarray(totals[..., 0] / totals[..., 1])


def gap(totals: Floats) -> Floats:
    """The first mean minus the second, from the sum and number of either (the last axis, 4)."""
    return np.asarray(totals[..., 0] / totals[..., 1] - totals[..., 2] / totals[..., 3])


def gap_interval(table: Floats, name: str, *, binary: bool) -> Made:
    """Of ``gap``, from sums and numbers by group (groups x 4): from both accuracies where qualities are right or wrong;
    else, as qualities lie close together, a bootstrap."""
    if binary:
        return difference_interval((table[:, 0], table[:, 1]), (table[:, 2], table[:, 3]), binary=True), BY_RATES
    seed = crc32(name.encode())
    found = bootstrap_interval(table, gap, seed=seed)
    if not math.isnan(found[0]):
        return found, BY
    return bootstrap_interval(np.vstack([table, _IMAGINED]), gap, seed=seed), BY_IMAGINED
