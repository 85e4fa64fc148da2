"""Estimates as the metrics of fairness and privacy make them: from a value and its interval, or from nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.score import Scored
from mmdt.stats.intervals.wilson import Interval

Made = tuple[Interval, str]
"""An interval, and how it was made."""


def measured(
    name: str,
    value: float,
    made: Made,
    *,
    n: int,
    clusters: int,
    missing: int = 0,
    direction: Direction = "neither",
    extra: Mapping[str, float] | None = None,
) -> Estimate:
    """An estimate from its value and ``made``: its interval (which holds the value, whatever was imagined for it; NaN
    where there is none) and how that was made."""
    (low, high), method = made
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


def nowhere(name: str, rows: Sequence[Scored], direction: Direction = "neither") -> Estimate:
    """An estimate without a value, because no output bears on it."""
    return Estimate(name, math.nan, math.nan, math.nan, 0, 0, missing_of(rows), direction)


def without_parts(name: str, rows: Sequence[Scored], absent: int, present: Sequence[float]) -> Estimate:
    """No mean over attributes, since some that were looked at have no value: the others must not pass for all.

    ``extra``: how many these are, and the mean size of the others.
    """
    extra = {"absent": float(absent), "mean_of_present": float(np.mean(np.abs(present)))}
    return replace(nowhere(name, rows, "lower"), extra=extra)


def missing_of(rows: Sequence[Scored]) -> int:
    """How many outputs say nothing: the call failed, or nothing could be observed."""
    return sum(row.score.outcome == "missing" for row in rows)


def methods_of(parts: Iterable[Estimate]) -> str:
    """How the intervals of several parts were made, each way named once."""
    return " and ".join(dict.fromkeys(part.method for part in parts))
