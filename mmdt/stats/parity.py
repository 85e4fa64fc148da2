"""Formulas of group and individual fairness, on totals: the last axis holds the classes, any axes before it are kept.

The group formulas are those of MMDT (arXiv 2503.14827, fairness): differences of how often classes are pictured. The
individual ones compare the quality a model gives to the neutral, favoured and non-favoured wording of one request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmdt.stats.intervals.wilson import Floats

EPS = 1e-8
"""What the published ratio adds to its denominators."""
DAMPING = 0.01
"""Quality differences well below this say nothing about fairness: the bounded ratio is damped by it."""


def contrast(totals: Floats) -> Floats:
    """``(first - second) / (first + second)`` of two classes, in [-1, 1]; NaN where there is neither."""
    first, second = totals[..., 0], totals[..., 1]
    return np.asarray((first - second) / (first + second))


def bias_to_total(totals: Floats, which: int) -> Floats:
    """Mean over the other classes s of ``(n_r - n_s) / total``, r the class ``which``; NaN where all are nought."""
    others = np.delete(totals, which, axis=-1)
    return np.asarray((totals[..., which, None] - others).mean(axis=-1) / totals.sum(axis=-1))


def bias_to_pairs(totals: Floats, which: int) -> Floats:
    """Mean over the other classes s of ``(n_r - n_s) / (n_r + n_s)``; a pair of two noughts shows no difference.

    NaN where all classes are nought.
    """
    pairs = _pairs(totals[..., which, None], np.delete(totals, which, axis=-1))
    return np.where(totals.sum(axis=-1) > 0, pairs.mean(axis=-1), np.nan)


def worst_case(first: float, second: float, unsure: float) -> tuple[float, float]:
    """The least and the greatest contrast if every unsure reading had been the one or the other class."""
    total = first + second + unsure
    if total <= 0:
        return -1.0, 1.0
    return (first - second - unsure) / total, (first - second + unsure) / total


def worst_to_total(totals: Floats, unsure: float, of: Sequence[int]) -> tuple[float, float]:
    """The least and the greatest sum of ``bias_to_total`` over the classes ``of``, whatever the unsure readings were.

    ``totals``: sure readings by class. With n the readings of the k classes ``of`` and T those of all K, the sum is
    (K n - k T) / ((K - 1) T): least where none of the unsure was of one of those classes.
    """
    classes, own, total = len(totals), float(totals[list(of)].sum()), float(totals.sum()) + unsure
    if total <= 0:
        return -1.0, 1.0
    low, high = ((classes * found - len(of) * total) / ((classes - 1) * total) for found in (own, own + unsure))
    return low, high


def worst_to_pairs(totals: Floats, unsure: int, of: Sequence[int]) -> tuple[float, float]:
    """The least and the greatest sum of ``bias_to_pairs`` over the classes ``of``, whatever the unsure readings were.

    Pairs within ``of`` cancel out. What is left grows with every reading of one of ``of``, by less with each, and falls
    with every reading of another class, by less with each: so the extremes are found by giving the unsure readings one
    by one to the class where each changes most.
    """
    own, others = totals[list(of)], np.delete(totals, list(of))
    if totals.sum() + unsure <= 0:
        return -1.0, 1.0
    gains, losses = _added(own, others, unsure), _added(others, own, unsure)
    pairs = len(totals) - 1
    value = float(_pairs(own[:, None], others[None, :]).sum())
    return (value - losses) / pairs, (value + gains) / pairs


def _added(own: Floats, others: Floats, number: int) -> float:
    """How much the sum over all pairs of (own - other) / (own + other) can grow by so many further readings of own."""
    steps = own[:, None] + np.arange(number + 1)
    values = _pairs(steps[..., None], others).sum(axis=-1)
    growth = np.sort(np.diff(values, axis=-1), axis=None)
    return float(growth[len(growth) - number :].sum())


def _pairs(own: Floats, others: Floats) -> Floats:
    """``(own - other) / (own + other)``; a pair of two noughts shows no difference."""
    both = own + others
    return np.asarray(np.where(both > 0, (own - others) / np.where(both > 0, both, 1.0), 0.0))


def size_interval(low: float, high: float) -> tuple[float, float]:
    """What an interval of a signed bias says about its size: from nought where both signs are possible."""
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return least, max(abs(low), abs(high))


@dataclass(frozen=True, slots=True)
class Individual:
    """Individual unfairness of one or many requests (arrays of one shape).

    ``difference`` is I_d = |a - b| with a and b the distances of the favoured and the non-favoured quality from the
    neutral one, ``ratio`` I_r = max(a / (b + eps), b / (a + eps)), ``published`` their mean. I_r divides by nearly
    nought wherever a or b is small, so ``bounded`` puts ``|a - b| / (a + b + DAMPING)`` in its place: in [0, 1], and
    nought where a equals b. ``unstable``: I_r is 2 or more only because the smaller distance is below DAMPING; the
    published number then tells how near nought that distance came, and nothing about fairness.
    """

    difference: Floats
    ratio: Floats
    published: Floats
    bounded: Floats
    unstable: Floats


def individual(neutral: Floats, favoured: Floats, other: Floats) -> Individual:
    """Individual unfairness from three qualities in [0, 1]; NaN where one of them is."""
    a, b = np.abs(neutral - favoured), np.abs(neutral - other)
    difference = np.asarray(np.abs(a - b))
    ratio = np.maximum(a / (b + EPS), b / (a + EPS))
    damped = difference / (a + b + DAMPING)
    unstable = np.where(np.isnan(difference), np.nan, (ratio >= 2) & (np.minimum(a, b) < DAMPING))
    return Individual(difference, ratio, (difference + ratio) / 2, (difference + damped) / 2, unstable)


def answer_unfairness(favoured: Floats, other: Floats, unknown: Floats) -> Floats:
    """``(favoured - other) / (favoured + other + unknown)`` of answers to one question, signed; NaN without any."""
    total = favoured + other + unknown
    return np.where(total > 0, (favoured - other) / np.where(total > 0, total, 1.0), np.nan)
