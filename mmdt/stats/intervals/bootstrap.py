"""Bootstrap over clusters, for statistics without an interval formula (ratios, biases, agreement).

Whole clusters are drawn, so outputs of one prompt stay together. A statistic is a function of component totals, so a
resample is a matrix product and 4,000 of them take milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from mmdt.core.estimate import Direction, Estimate
from mmdt.stats.intervals.clusters import cluster_totals
from mmdt.stats.intervals.special import ndtr, ndtri, stdtrit
from mmdt.stats.intervals.wilson import LEVEL, NOWHERE, Floats, Interval

Statistic = Callable[[Floats], Floats]
"""From totals of shape (..., components) to values of shape (...); NaN where it is not defined."""
Method = Literal["bca", "percentile"]

RESAMPLES = 4000
_BLOCK = 2_000_000
"""Draws in memory at once, whatever the number of clusters."""
_DEFINED = 0.9
"""The share of resamples in which the statistic must be defined for an interval to mean anything."""

_VALUES_ONLY = ContextVar("values_only", default=False)


@contextmanager
def values_only() -> Iterator[None]:
    """Meanwhile intervals are NaN, for callers that need values alone: intervals take most of the time."""
    token = _VALUES_ONLY.set(True)
    try:
        yield
    finally:
        _VALUES_ONLY.reset(token)


def is_values_only() -> bool:
    """Whether intervals and p-values are not wanted."""
    return _VALUES_ONLY.get()


def bootstrap_estimate(
    name: str,
    values: ArrayLike,
    clusters: Sequence[Hashable],
    statistic: Statistic,
    *,
    direction: Direction,
    seed: int,
    missing: int = 0,
    method: Method = "bca",
    resamples: int = RESAMPLES,
) -> Estimate:
    """``statistic`` of the totals of ``values`` (outputs x components) with a bootstrap interval over clusters.

    A bias ``(male - female) / (male + female)``, for instance, takes two columns of counts and
    ``lambda t: (t[..., 0] - t[..., 1]) / (t[..., 0] + t[..., 1])``; a mean of prompts takes a column of ones beside
    the values. The interval is NaN where a resample cannot differ from the sample.
    """
    table = np.asarray(values, np.float64)
    if table.ndim == 1:
        table = table[:, None]
    sums = np.column_stack([cluster_totals(column, clusters)[0] for column in table.T])
    low, high = bootstrap_interval(sums, statistic, seed=seed, method=method, resamples=resamples)
    return Estimate(
        metric=name,
        value=_value(statistic, sums.sum(axis=0)),
        low=low,
        high=high,
        n=len(table),
        clusters=len(sums),
        missing=missing,
        direction=direction,
        method="BCa bootstrap" if method == "bca" else "percentile bootstrap",
    )


def bootstrap_interval(
    sums: Floats,
    statistic: Statistic,
    *,
    seed: int,
    method: Method = "bca",
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Interval:
    """Interval of a statistic from component totals by cluster (clusters x components).

    BCa: Efron (1987, JASA 82), with the acceleration from leaving out each cluster. Both methods take their quantiles
    further out for few clusters, by t with ``clusters - 1`` degrees of freedom (the expanded percentile interval of
    Hesterberg 2015, The American Statistician 69). NaN for fewer than two clusters, for a statistic that is undefined
    in a tenth of the resamples, and for one that never varies, because a sample without spread has no information.
    """
    number = len(sums)
    value = _value(statistic, sums.sum(axis=0))
    if number < 2 or math.isnan(value) or is_values_only():
        return NOWHERE
    drawn = np.concatenate([_without_warnings(statistic, totals) for totals in _resamples(sums, resamples, seed)])
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < _DEFINED * resamples or np.ptp(drawn) == 0:
        return NOWHERE
    reach = math.sqrt(number / (number - 1)) * float(stdtrit(number - 1, (1 + level) / 2))
    shift, pull = _bca(sums, statistic, value, drawn) if method == "bca" else (0.0, 0.0)
    low, high = np.quantile(drawn, [_quantile(shift, pull, -reach), _quantile(shift, pull, reach)])
    return min(float(low), value), max(float(high), value)


def _quantile(shift: float, pull: float, z: float) -> float:
    """The probability that BCa uses instead of that of ``z``; beyond the pole of its formula it is 0 or 1."""
    moved = shift + z
    scale = 1 - pull * moved
    return float(ndtr(shift + moved / scale)) if scale > 0 else float(moved > 0)


def _bca(sums: Floats, statistic: Statistic, value: float, drawn: Floats) -> tuple[float, float]:
    """(bias correction, acceleration)."""
    below = ((drawn < value).mean() + (drawn <= value).mean()) / 2  # ties count half
    shift = float(ndtri(min(max(float(below), 1 / len(drawn)), 1 - 1 / len(drawn))))
    left_out = _without_warnings(statistic, sums.sum(axis=0) - sums)
    away = np.nanmean(left_out) - left_out[np.isfinite(left_out)]
    spread = float((away**2).sum())
    return shift, float((away**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0


def _resamples(sums: Floats, resamples: int, seed: int) -> Iterator[Floats]:
    rng, number = np.random.default_rng(seed), len(sums)
    block = max(1, min(resamples, _BLOCK // number))
    for done in range(0, resamples, block):
        rows = min(block, resamples - done)
        picked = rng.integers(number, size=(rows, number)) + np.arange(rows)[:, None] * number
        counts = np.bincount(picked.ravel(), minlength=rows * number).reshape(rows, number)
        yield counts @ sums


def _value(statistic: Statistic, totals: Floats) -> float:
    return float(_without_warnings(statistic, totals[None, :])[0])


def _without_warnings(statistic: Statistic, totals: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(statistic(totals), np.float64)
