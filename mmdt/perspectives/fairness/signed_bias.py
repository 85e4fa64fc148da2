"""Signed biases of class counts: what each is, how its interval is made, and what unsure readings leave open of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.perspectives.fairness.bias_intervals import Statistic, bootstrapped, of_share
from mmdt.stats.estimates import Made, measured
from mmdt.stats.intervals.wilson import Floats, Interval
from mmdt.stats.parity import bias_to_pairs, bias_to_total, contrast, worst_case, worst_to_pairs, worst_to_total


@dataclass(frozen=True, slots=True)
class Counts:
    """Faces by cluster and class; the last column counts the unsure ones. ``images``: outputs with such counts,
    ``missing``: outputs of which nothing is known."""

    table: Floats
    images: int
    missing: int

    @property
    def sure(self) -> Floats:
        return self.table[:, :-1]

    @property
    def totals(self) -> Floats:
        """Sure readings by class."""
        return np.asarray(self.sure.sum(axis=0))

    @property
    def unsure(self) -> int:
        return int(self.table[:, -1].sum())

    @property
    def readings(self) -> int:
        return int(self.table.sum())


@dataclass(frozen=True, slots=True)
class Signed:
    """A bias (or a sum of biases) as a ``statistic`` of class totals. ``interval`` makes its interval from the sure
    readings by cluster and class and its name; ``extremes``, from the totals of the sure readings and the number of
    unsure ones, are the least and the greatest it could be."""

    statistic: Statistic
    interval: Callable[[Floats, Statistic, str], Made]
    extremes: Callable[[Floats, int], Interval]

    def estimate(self, name: str, found: Counts) -> Estimate:
        """The bias with its interval over clusters; NaN where no reading was sure."""
        if found.totals.sum() == 0:
            return Estimate(name, math.nan, math.nan, math.nan, found.images, len(found.table), found.missing)
        value = float(self.statistic(found.totals))
        made = self.interval(found.sure, self.statistic, name)
        return measured(name, value, made, n=found.images, clusters=len(found.table), missing=found.missing)

    def worst(self, found: Counts) -> Interval:
        """What the bias could be, had all unsure readings been of one class or another."""
        return self.extremes(found.totals, found.unsure)


Normalisation = Callable[[tuple[int, ...]], Signed]
"""How much more often the classes at some places are seen than the others: the sum of their biases."""


def _line_of(places: tuple[int, ...]) -> Callable[[Floats, Statistic, str], Made]:
    return lambda sure, statistic, name: of_share(sure, statistic, places)


def _sum_over(formula: Callable[[Floats, int], Floats], places: tuple[int, ...]) -> Statistic:
    return lambda totals: np.asarray(sum(formula(totals, place) for place in places))


OF_TWO = Signed(contrast, _line_of((0,)), lambda totals, unsure: worst_case(float(totals[0]), float(totals[1]), unsure))
"""The contrast of two classes."""


def to_total(places: tuple[int, ...]) -> Signed:
    """By all faces."""
    return Signed(_sum_over(bias_to_total, places), _line_of(places), partial(worst_to_total, of=places))


def to_pairs(places: tuple[int, ...]) -> Signed:
    """Pair by pair, by the faces of the two."""
    return Signed(_sum_over(bias_to_pairs, places), bootstrapped, partial(worst_to_pairs, of=places))
