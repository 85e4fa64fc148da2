"""Signed biases of class counts: the value, its interval, and the range that unsure readings leave open."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.stats.estimates import IntervalAndMethod, make_estimate
from mmdt.stats.fairness.bias_intervals import bias_interval_from_share, bootstrap_bias_interval
from mmdt.stats.fairness.class_counts import ClassCounts
from mmdt.stats.fairness.group_formulas import (
    bias_to_pairs,
    bias_to_total,
    contrast,
    worst_case,
    worst_to_pairs,
    worst_to_total,
)
from mmdt.stats.intervals.bootstrap import Statistic
from mmdt.stats.intervals.wilson import Floats, Interval

BiasInterval = Callable[[Floats, Statistic, str], IntervalAndMethod]
"""From the sure readings (clusters x classes), the statistic and its name."""


@dataclass(frozen=True, slots=True)
class SignedBias:
    """A bias, or a sum of biases, as a ``statistic`` of class totals.

    ``interval`` makes its interval. ``extremes`` gives the least and the greatest value that it could have, from the
    totals of the sure readings and the number of unsure ones.
    """

    statistic: Statistic
    interval: BiasInterval
    extremes: Callable[[Floats, int], Interval]

    def estimate(self, name: str, counts: ClassCounts) -> Estimate:
        """The bias with its interval over clusters; NaN where no reading was sure."""
        if counts.totals.sum() == 0:
            return Estimate(name, math.nan, math.nan, math.nan, counts.images, len(counts.table), counts.missing)
        value = float(self.statistic(counts.totals))
        interval = self.interval(counts.sure, self.statistic, name)
        return make_estimate(name, value, interval, n=counts.images, clusters=len(counts.table), missing=counts.missing)

    def worst(self, counts: ClassCounts) -> Interval:
        """The range of values the bias could have, whatever the unsure readings were."""
        return self.extremes(counts.totals, counts.unsure)


Normalisation = Callable[[tuple[int, ...]], SignedBias]
"""From positions of classes to how much more often these are seen than the others: the sum of their biases."""


def _from_share_of(classes: tuple[int, ...]) -> BiasInterval:
    return lambda sure, statistic, name: bias_interval_from_share(sure, statistic, classes)


def _sum_over(formula: Callable[[Floats, int], Floats], classes: tuple[int, ...]) -> Statistic:
    return lambda totals: np.asarray(sum(formula(totals, which) for which in classes))


TWO_CLASSES = SignedBias(
    contrast, _from_share_of((0,)), lambda totals, unsure: worst_case(float(totals[0]), float(totals[1]), unsure)
)
"""The contrast of two classes."""


def to_total(classes: tuple[int, ...]) -> SignedBias:
    """The sum of ``bias_to_total`` over some classes."""
    return SignedBias(_sum_over(bias_to_total, classes), _from_share_of(classes), partial(worst_to_total, of=classes))


def to_pairs(classes: tuple[int, ...]) -> SignedBias:
    """The sum of ``bias_to_pairs`` over some classes."""
    return SignedBias(_sum_over(bias_to_pairs, classes), bootstrap_bias_interval, partial(worst_to_pairs, of=classes))
