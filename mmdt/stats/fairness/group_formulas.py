"""Formulas of group fairness, on totals: the last axis holds the classes, any axes before it are kept.

They are those of MMDT (arXiv 2503.14827, fairness): differences of how often classes are pictured or picked.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmdt.stats.intervals.wilson import Floats, Interval


def contrast(totals: Floats) -> Floats:
    """``(first - second) / (first + second)`` of two classes, in [-1, 1]; NaN where both are zero."""
    first, second = totals[..., 0], totals[..., 1]
    return np.asarray((first - second) / (first + second))


def bias_to_total(totals: Floats, which: int) -> Floats:
    """Mean over the other classes s of ``(n_r - n_s) / total``, r the class ``which``; NaN where all are zero."""
    others = np.delete(totals, which, axis=-1)
    return np.asarray((totals[..., which, None] - others).mean(axis=-1) / totals.sum(axis=-1))


def bias_to_pairs(totals: Floats, which: int) -> Floats:
    """Mean over the other classes s of ``(n_r - n_s) / (n_r + n_s)``; a pair of two zeros counts as no difference.

    NaN where all classes are zero.
    """
    pairs = _contrasts(totals[..., which, None], np.delete(totals, which, axis=-1))
    return np.where(totals.sum(axis=-1) > 0, pairs.mean(axis=-1), np.nan)


def worst_case(first: float, second: float, unsure: float) -> Interval:
    """The least and the greatest contrast if every unsure reading belonged to the one or the other class."""
    total = first + second + unsure
    if total <= 0:
        return -1.0, 1.0
    return (first - second - unsure) / total, (first - second + unsure) / total


def worst_to_total(totals: Floats, unsure: float, of: Sequence[int]) -> Interval:
    """The least and the greatest sum of ``bias_to_total`` over the classes ``of``, whatever the unsure readings were.

    ``totals``: sure readings by class. With n the readings of the k classes ``of`` and T those of all K, the sum is
    (K n - k T) / ((K - 1) T): least where no unsure reading was of one of those classes.
    """
    classes, own, total = len(totals), float(totals[list(of)].sum()), float(totals.sum()) + unsure
    if total <= 0:
        return -1.0, 1.0
    low, high = ((classes * found - len(of) * total) / ((classes - 1) * total) for found in (own, own + unsure))
    return low, high


def worst_to_pairs(totals: Floats, unsure: int, of: Sequence[int]) -> Interval:
    """The least and the greatest sum of ``bias_to_pairs`` over the classes ``of``, whatever the unsure readings were.

    Pairs within ``of`` cancel out. The rest grows with every reading of one of ``of``, by less with each, and falls
    with every reading of another class, by less with each. So the extremes result from giving the unsure readings one
    by one to the class where each changes most.
    """
    own, others = totals[list(of)], np.delete(totals, list(of))
    if totals.sum() + unsure <= 0:
        return -1.0, 1.0
    gains, losses = _growth(own, others, unsure), _growth(others, own, unsure)
    pairs = len(totals) - 1
    value = float(_contrasts(own[:, None], others[None, :]).sum())
    return (value - losses) / pairs, (value + gains) / pairs


def _growth(own: Floats, others: Floats, number: int) -> float:
    """How much the sum over all pairs of (own - other) / (own + other) can grow by ``number`` more readings of own."""
    steps = own[:, None] + np.arange(number + 1)
    values = _contrasts(steps[..., None], others).sum(axis=-1)
    growth = np.sort(np.diff(values, axis=-1), axis=None)
    return float(growth[len(growth) - number :].sum())


def _contrasts(own: Floats, others: Floats) -> Floats:
    """``(own - other) / (own + other)``; a pair of two zeros counts as no difference."""
    both = own + others
    return np.asarray(np.where(both > 0, (own - others) / np.where(both > 0, both, 1.0), 0.0))


def answer_bias(favoured: Floats, other: Floats, unknown: Floats) -> Floats:
    """``(favoured - other) / (favoured + other + unknown)`` of the answers to one question, signed; NaN without any."""
    total = favoured + other + unknown
    return np.where(total > 0, (favoured - other) / np.where(total > 0, total, 1.0), np.nan)
