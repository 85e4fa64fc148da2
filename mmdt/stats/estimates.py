"""Builds estimates: from a value and its interval, or without a value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.score import Scored
from mmdt.stats.holm import holm
from mmdt.stats.intervals.wilson import Interval
from mmdt.stats.table import Table

IntervalAndMethod = tuple[Interval, str]
"""An interval, and the name of the method that made it."""


def make_estimate(
    name: str,
    value: float,
    interval: IntervalAndMethod,
    *,
    n: int,
    clusters: int,
    missing: int = 0,
    direction: Direction = "neither",
    extra: Mapping[str, float] | None = None,
) -> Estimate:
    """An estimate from its value and interval. The interval is widened to hold the value; NaN ends stay NaN."""
    (low, high), method = interval
    return Estimate(
        metric=name,
        value=value,
        low=low if math.isnan(low) else min(low, value),
        high=high if math.isnan(high) else max(high, value),
        n=n,
        clusters=clusters,
        missing=missing,
        direction=direction,
        method=method,
        extra=extra or {},
    )


def no_estimate(name: str, rows: Sequence[Scored], direction: Direction = "neither") -> Estimate:
    """An estimate without a value: no output is about it. ``missing`` counts the missing outputs among ``rows``."""
    return Estimate(name, math.nan, math.nan, math.nan, 0, 0, count_missing(rows), direction)


def incomplete_mean(name: str, rows: Sequence[Scored], absent: int, present: Sequence[float]) -> Estimate:
    """A mean over parts of which ``absent`` have no value: it has none either, or the rest would pass for all.

    ``extra``: ``absent``, and ``mean_of_present``, the mean size of the values that are present.
    """
    extra = {"absent": float(absent), "mean_of_present": float(np.mean(np.abs(present)))}
    return replace(no_estimate(name, rows, "lower"), extra=extra)


def count_missing(rows: Sequence[Scored]) -> int:
    """How many outputs are missing: the call failed, nothing could be observed, or the reader could not tell."""
    return int(np.count_nonzero(Table.of(rows).missing))


def method_names(parts: Iterable[Estimate]) -> str:
    """The methods of the parts' intervals, each named once."""
    return " and ".join(dict.fromkeys(part.method for part in parts))


def size_and_p(value: float, name: str, p_values: Mapping[str, float]) -> dict[str, float]:
    """``size`` of a signed value, ``p`` of the test called ``name``, and ``p_holm``, corrected for all ``p_values``."""
    return {"size": abs(value), "p": p_values[name], "p_holm": holm(p_values)[name]}
