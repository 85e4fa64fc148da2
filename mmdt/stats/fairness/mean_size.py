"""The mean size of several signed estimates, such as the biases by gender, race and age."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.core.score import Scored
from mmdt.stats.estimates import count_missing, incomplete_mean, method_names, no_estimate
from mmdt.stats.intervals.size import mean_size_interval

SIZES = "mean of size intervals (conservative)"
OVER_ATTRIBUTES = "mean over attributes (conservative)"


def known_parts(parts: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """The parts that have a value."""
    return {name: each for name, each in parts.items() if not math.isnan(each.value)}


def mean_size(
    name: str,
    parts: Mapping[str, Estimate],
    rows: Sequence[Scored],
    *,
    in_data: Collection[str],
    method: str = SIZES,
    always_complete: bool = False,
    pool: Callable[[Iterable[int]], int] = max,
    extra: Mapping[str, float] | None = None,
) -> Estimate:
    """Mean of ``|value|`` over the parts with a value, with a conservative interval (``mean_size_interval``).

    ``in_data`` names the parts that the outputs in ``rows`` are about. One of them without a value is left out and
    counted in ``extra["absent"]``. Where outputs are missing, though, they may be the reason, and the mean has no
    value: it must not pass for the mean of all parts. ``always_complete`` does so whether or not outputs are missing.
    ``pool`` makes ``n`` and ``clusters`` from those of the parts: ``max`` where the parts share their outputs, ``sum``
    where they do not.
    """
    known = known_parts(parts)
    if not known:
        return no_estimate(name, rows, "lower")
    absent = len(set(in_data) - known.keys())
    missing = count_missing(rows)
    if absent and (always_complete or missing):
        return incomplete_mean(name, rows, absent, [each.value for each in known.values()])
    low, high = mean_size_interval([(each.low, each.high) for each in known.values()])
    return Estimate(
        metric=name,
        value=float(np.mean([abs(each.value) for each in known.values()])),
        low=low,
        high=high,
        n=pool(each.n for each in known.values()),
        clusters=pool(each.clusters for each in known.values()),
        missing=missing,
        direction="lower",
        method=f"{method}, {method_names(known.values())}",
        extra={**(extra or {}), **({"absent": float(absent)} if absent else {})},
    )
