"""Contrasts: the same request put in two ways, and the paired difference between the answers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Contrast
from mmdt.core.score import Scored
from mmdt.stats.intervals.clusters import cluster_totals
from mmdt.stats.intervals.means import mean_estimate
from mmdt.stats.permutation import sign_flip_test

Key = tuple[str, str]


def contrast(declared: Contrast, first: Iterable[Scored], second: Iterable[Scored]) -> Estimate | None:
    """The mean over requests of (first - second); None where no request was put in both ways.

    Requests are paired by ``Scored.pair`` and task, each with the mean over its cases and repeats; the pairs are the
    clusters. A pair that lacks the component on one side is missing. ``extra``: ``p`` of a sign-flip test, and
    ``unpaired``, the requests that were put in one of the two ways alone.
    """
    one, other = _means(first, declared.component), _means(second, declared.component)
    shared = [key for key in one if key in other]
    if not shared:
        return None
    differences = [one[key] - other[key] for key in shared]
    clusters = ["\x1f".join(key) for key in shared]
    known = [(value, cluster) for value, cluster in zip(differences, clusters, strict=True) if not math.isnan(value)]
    estimate = mean_estimate(
        declared.metric,
        [value for value, _ in known],
        [cluster for _, cluster in known],
        direction=declared.direction,
        missing=len(differences) - len(known),
        bounds=(-1.0, 1.0),
    )
    extra = {"unpaired": float(len(one.keys() ^ other.keys()))}
    if known:
        totals = cluster_totals([value for value, _ in known], [cluster for _, cluster in known])[0]
        extra["p"] = sign_flip_test(totals, seed=0)
    return replace(estimate, extra={**estimate.extra, **extra})


def _means(rows: Iterable[Scored], component: str) -> Mapping[Key, float]:
    """By task and request; NaN where no output has the component."""
    found: dict[Key, list[float]] = {}
    for row in rows:
        if row.pair and not row.benign:
            found.setdefault((row.cell.task, row.pair), []).append(row.score.values.get(component, math.nan))
    return {key: _mean(values) for key, values in found.items()}


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan
