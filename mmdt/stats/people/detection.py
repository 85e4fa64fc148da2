"""A continuous score against people's verdicts: how well it ranks, and the threshold that separates them best."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmdt.core.estimate import Estimate
from mmdt.errors import UsageError
from mmdt.stats.intervals.clusters import codes, picked
from mmdt.stats.intervals.special import ndtri
from mmdt.stats.intervals.wilson import LEVEL, Floats

RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Threshold:
    """The threshold with the least error on the labelled outputs: at or above it a score counts as positive.

    ``error``: (misses + false alarms) / 2 with each rate over its own kind, found with the threshold chosen on the
    other clusters (cross-validated), and its interval; the error on the same labels that chose it would flatter it.
    """

    value: float
    sensitivity: float
    specificity: float
    error: Estimate


def _checked(scores: Floats, people: Floats, clusters: Sequence[Hashable]) -> tuple[Floats, Floats, list[Hashable]]:
    if not len(scores) == len(people) == len(clusters):
        raise UsageError("one score, one verdict and one cluster are needed for each output")
    known = ~np.isnan(scores) & ~np.isnan(people)
    return scores[known], people[known], picked(clusters, known)


def spearman(scores: Floats, people: Floats, clusters: Sequence[Hashable], *, seed: int = 0) -> Estimate:
    """Spearman's rank correlation with people's values (0 and 1, or a scale), bootstrapped over clusters (percentiles
    on Fisher's z scale). Outputs with a NaN are left out; NaN where one side never varies."""
    x, y, groups = _checked(scores, people, clusters)
    value = _spearman(x, y)
    low, high = _bootstrap(lambda i: math.atanh(min(max(_spearman(x[i], y[i]), -0.999999), 0.999999)), groups, seed)
    if not math.isnan(low):
        low, high = math.tanh(low), math.tanh(high)
    return Estimate(
        "spearman", value, min(low, value), max(high, value), len(x), len(set(groups)), direction="higher",
        method="bootstrap over clusters",
    )  # fmt: skip


def _ranks(values: Floats) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[inverse], np.float64)


def _spearman(x: Floats, y: Floats) -> float:
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan
    return float(np.corrcoef(_ranks(x), _ranks(y))[0, 1])


def auc(scores: Floats, people: Floats, clusters: Sequence[Hashable]) -> Estimate:
    """The area under the ROC curve: the chance that a positive output scores higher than a negative one (ties half).

    Interval: DeLong's variance (1988, Biometrics 44) over clusters (Obuchowski 1997, Biometrics 53), on the logit
    scale. NaN without outputs of both kinds.
    """
    x, y, groups = _checked(scores, people, clusters)
    positive = y > 0.5
    m, n = int(positive.sum()), int((~positive).sum())
    found = Estimate("AUC", math.nan, math.nan, math.nan, len(x), len(set(groups)), direction="higher", method="DeLong")
    if not m or not n:
        return found
    ranks, own = _ranks(x), np.zeros(len(x))
    own[positive], own[~positive] = _ranks(x[positive]), _ranks(x[~positive])
    placed = np.where(positive, (ranks - own) / n, 1 - (ranks - own) / m)
    value = float(placed[positive].mean())
    index = codes(groups)
    k = int(index.max()) + 1
    parts = [np.bincount(index, np.where(kind, placed - value, 0.0), k) / size for kind, size in
             ((positive, m), (~positive, n))]  # fmt: skip
    ones = max(2, len(set(index[positive]))), max(2, len(set(index[~positive])))
    variance = float(
        ones[0] / (ones[0] - 1) * (parts[0] ** 2).sum()
        + ones[1] / (ones[1] - 1) * (parts[1] ** 2).sum()
        + 2 * (parts[0] * parts[1]).sum()
    )
    return _on_logit(found, value, variance, min(m, n))


def _on_logit(found: Estimate, value: float, variance: float, least: int) -> Estimate:
    z = float(ndtri((1 + LEVEL) / 2))
    inside = min(max(value, 0.5 / (least + 1)), 1 - 0.5 / (least + 1))  # a perfect order of few outputs is not certain
    spread = math.sqrt(max(variance, inside * (1 - inside) / (4 * (least + 1)))) / (inside * (1 - inside))
    centre = math.log(inside / (1 - inside))
    low, high = (1 / (1 + math.exp(-(centre + side * z * spread))) for side in (-1, 1))
    return Estimate(
        found.metric, value, min(low, value), max(high, value), found.n, found.clusters, direction="higher",
        method="DeLong, clustered, logit",
    )  # fmt: skip


def roc(scores: Floats, people: Floats) -> list[tuple[float, float, float]]:
    """(threshold, false alarm rate, sensitivity) at every score that occurs, from the highest down."""
    known = ~np.isnan(scores) & ~np.isnan(people)
    x, positive = scores[known], people[known] > 0.5
    m, n = max(1, int(positive.sum())), max(1, int((~positive).sum()))
    order = np.argsort(-x, kind="stable")
    hits, alarms = np.cumsum(positive[order]), np.cumsum(~positive[order])
    last = np.flatnonzero(np.append(np.diff(x[order]) != 0, True)) if len(x) else np.zeros(0, int)
    return [(float(x[order][i]), float(alarms[i] / n), float(hits[i] / m)) for i in last]


def best_threshold(scores: Floats, people: Floats, clusters: Sequence[Hashable], *, folds: int = 10) -> Threshold:
    """The threshold with the greatest Youden index, and its error on outputs that did not choose it.

    Raises UsageError without outputs of both kinds.
    """
    x, y, groups = _checked(scores, people, clusters)
    positive = y > 0.5
    if positive.all() or not positive.any():
        raise UsageError(
            "a threshold needs outputs that people call positive and outputs that they call negative",
            hint="label more outputs, of both kinds",
        )
    value = _youden(x, positive)
    index = codes(groups)
    folds = min(folds, int(index.max()) + 1)
    wrong = np.full(len(x), np.nan)
    for fold in range(folds):
        out = index % folds == fold
        if positive[~out].any() and not positive[~out].all():
            wrong[out] = (x[out] >= _youden(x[~out], positive[~out])) != positive[out]
    return Threshold(
        value,
        float((x[positive] >= value).mean()),
        float((x[~positive] < value).mean()),
        _balanced_error(wrong, positive, groups),
    )


def _youden(x: Floats, positive: NDArray[np.bool_]) -> float:
    """Halfway between the score with the greatest Youden index and the next one below it."""
    curve = roc(x, positive.astype(float))
    best = max(range(len(curve)), key=lambda i: (curve[i][2] - curve[i][1], -i))
    below = curve[best + 1][0] if best + 1 < len(curve) else curve[best][0]
    return (curve[best][0] + below) / 2


def _balanced_error(wrong: Floats, positive: NDArray[np.bool_], groups: Sequence[Hashable]) -> Estimate:
    from mmdt.stats.combine import weighted_mean
    from mmdt.stats.intervals.means import mean_estimate

    parts = [
        mean_estimate(name, wrong[kind], picked(groups, kind), direction="lower")
        for name, kind in (("missed", positive), ("false alarms", ~positive))
    ]
    return weighted_mean("error", parts, direction="lower")


def _bootstrap(
    statistic: Callable[[NDArray[np.intp]], float], groups: Sequence[Hashable], seed: int
) -> tuple[float, float]:
    index = codes(groups)
    members = [np.flatnonzero(index == k) for k in range(int(index.max()) + 1)] if len(index) else []
    if len(members) < 3:
        return math.nan, math.nan
    rng = np.random.default_rng(seed)
    found = [
        statistic(np.concatenate([members[k] for k in rng.integers(0, len(members), len(members))]))
        for _ in range(RESAMPLES)
    ]
    known = np.array([each for each in found if not math.isnan(each)])
    if len(known) < 0.9 * RESAMPLES:
        return math.nan, math.nan
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)
