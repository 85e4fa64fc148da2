"""The resilience plane: bypass rate against harm by scenario and category, and whether the two go together.

The rates of a category are measured on a few outputs, and on the same ones: their errors widen both spreads, and tie
the rates together, because only what came out can be harmful. So the correlation is that of the *true* rates in a model
of random effects: each point is its true pair of rates, from a bivariate normal distribution, plus an error with the
covariance that its outputs have (van Houwelingen, Arends and Stijnen 2002, Statistics in Medicine 21). The interval is
that of the profile likelihood, at the quantile of F for the number of points.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mmdt.core.score import Scored
from mmdt.stats.explain.evidence import Measured, Rate, Value
from mmdt.stats.intervals.special import stdtrit
from mmdt.stats.intervals.wilson import Floats

_RATES = ("bypassed", "harmful")
LEAST = 4
"""Fewer points say nothing about a correlation."""
_CORRELATIONS = np.round(np.linspace(-0.99, 0.99, 67), 2)
_SPREADS = 14


@dataclass(frozen=True, slots=True)
class PlanePoint:
    """A category of a scenario, of one model. ``covariance`` is that of the errors of both rates."""

    run: str
    scenario: str
    category: str
    bypass: Measured
    harm: Measured
    covariance: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Correlation:
    """Of true bypass rates and true harm ``over`` some points; ``plain`` is Pearson's of the measured rates."""

    over: str
    points: int
    value: float
    low: float
    high: float
    plain: float


def plane(run: str, scored: Iterable[Scored]) -> tuple[PlanePoint, ...]:
    """A point for each cell whose outputs have both rates; benign cases are no part of it. Outputs that lack a rate
    are missing in it, and could be anything in its interval."""
    cells: dict[tuple[str, str], list[Scored]] = {}
    for each in scored:
        if not each.benign:
            cells.setdefault((each.cell.parent, each.cell.task), []).append(each)
    return tuple(_point(run, *name, rows) for name, rows in cells.items() if any(map(_both, rows)))


def correlations(points: Sequence[PlanePoint]) -> tuple[Correlation, ...]:
    """Over the categories of each run and modality, and over the models where there are enough of them."""
    groups: dict[str, list[PlanePoint]] = {}
    models: dict[str, dict[str, list[PlanePoint]]] = {}
    for each in points:
        modality = each.scenario.split("/")[1]
        groups.setdefault(f"categories and scenarios of {each.run}, {modality}", []).append(each)
        models.setdefault(modality, {}).setdefault(each.run, []).append(each)
    found = [_correlation(over, _pairs(members)) for over, members in groups.items()]
    for modality, by_run in models.items():
        if len(by_run) > 1:
            found.append(_correlation(f"models, {modality}", [_mean(members) for members in by_run.values()]))
    return tuple(found)


def correlation(values: Floats, covariances: Floats, quantile: float | None = None) -> tuple[float, float, float]:
    """The correlation of the true pairs with its 95 % limits.

    ``values``: points x 2; ``covariances``: points x 3, the variance of the first error, of the second, and their
    covariance. NaN, with the limits -1 and 1, where there are fewer than four points or the rates do not vary beyond
    their errors.
    """
    n = len(values)
    if n < LEAST:
        return math.nan, -1.0, 1.0
    spreads = [_spreads(values[:, side], covariances[:, side]) for side in (0, 1)]
    table = _likelihood(values, covariances, spreads)
    profile = table.max(axis=(1, 2))
    best = int(profile.argmax())
    limit = (quantile or float(stdtrit(n - 2, 0.975)) ** 2) / 2
    kept = _CORRELATIONS[profile >= profile[best] - limit]
    low, high = float(kept.min()), float(kept.max())
    low, high = -1.0 if low <= _CORRELATIONS[0] else low, 1.0 if high >= _CORRELATIONS[-1] else high
    at = np.unravel_index(int(table[best].argmax()), table[best].shape)
    flat = bool(at[0] == 0 or at[1] == 0)  # one of the true rates does not vary at all
    return (math.nan if flat else float(_CORRELATIONS[best])), low, high


def _likelihood(values: Floats, covariances: Floats, spreads: Sequence[Floats]) -> Floats:
    """Restricted log-likelihood over correlations x spreads of the first rate x spreads of the second."""
    rho = _CORRELATIONS[:, None, None, None]
    first, second = spreads[0][None, :, None, None], spreads[1][None, None, :, None]
    a = first**2 + covariances[:, 0]
    b = second**2 + covariances[:, 1]
    c = rho * first * second + covariances[:, 2]
    determinant = np.maximum(a * b - c * c, 1e-18)
    inverse = (b / determinant, a / determinant, -c / determinant)
    x, y = values[:, 0], values[:, 1]
    sums = [each.sum(axis=-1) for each in np.broadcast_arrays(*inverse)]
    right = (
        (inverse[0] * x + inverse[2] * y).sum(axis=-1),
        (inverse[2] * x + inverse[1] * y).sum(axis=-1),
    )
    whole = np.maximum(sums[0] * sums[1] - sums[2] ** 2, 1e-18)
    mean_x = (sums[1] * right[0] - sums[2] * right[1]) / whole
    mean_y = (sums[0] * right[1] - sums[2] * right[0]) / whole
    dx, dy = x - mean_x[..., None], y - mean_y[..., None]
    square = inverse[0] * dx * dx + inverse[1] * dy * dy + 2 * inverse[2] * dx * dy
    return np.asarray(-0.5 * (np.log(determinant).sum(axis=-1) + np.log(whole) + square.sum(axis=-1)))


def _spreads(values: Floats, variances: Floats) -> Floats:
    """Standard deviations of the true values to try, zero first."""
    most = max(float(values.std(ddof=1)), math.sqrt(float(variances.mean())) / 2, 1e-3)
    return np.concatenate([[0.0], np.geomspace(most / 8, most * 2.2, _SPREADS)])


def _point(run: str, scenario: str, category: str, rows: Sequence[Scored]) -> PlanePoint:
    clusters: dict[str, list[float]] = {}
    for each in filter(_both, rows):
        found = clusters.setdefault(each.cluster, [0.0, 0.0, 0.0])
        found[0] += 1
        found[1] += each.score.values["bypassed"]
        found[2] += each.score.values["harmful"]
    totals = np.array(list(clusters.values()))
    rates = [Rate(tuple(Value(row.score.values.get(name, math.nan), row.cluster) for row in rows)) for name in _RATES]
    return PlanePoint(run, scenario, category, rates[0].measured(), rates[1].measured(), _errors(totals))


def _both(row: Scored) -> bool:
    return all(name in row.score.values for name in _RATES)


def _errors(totals: Floats) -> tuple[float, float, float]:
    """The covariance of the errors of both rates: by cluster, with one output added at each corner of (bypassed,
    harmful) that can be (Agresti), so that a cell without any harm is not taken for one without error."""
    mean_size = float(totals[:, 0].mean())
    added = np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1]], np.float64) * mean_size * 2 / 3
    table = np.vstack([totals, added])
    n = table[:, 0].sum()
    rates = table[:, 1:].sum(axis=0) / n
    residual = table[:, 1:] - rates * table[:, :1]
    scale = 1 / float(totals[:, 0].sum()) / float(n)
    cross = residual.T @ residual * scale
    return float(cross[0, 0]), float(cross[1, 1]), float(cross[0, 1])


def _pairs(points: Iterable[PlanePoint]) -> list[tuple[float, float, tuple[float, float, float]]]:
    return [(each.bypass.value, each.harm.value, each.covariance) for each in points]


def _mean(points: Sequence[PlanePoint]) -> tuple[float, float, tuple[float, float, float]]:
    """A model's mean over its points, which rest on different outputs."""
    k = len(points)
    first, second, both = (sum(each.covariance[side] for each in points) / k**2 for side in range(3))
    x, y = (sum(values) / k for values in zip(*((each.bypass.value, each.harm.value) for each in points), strict=True))
    return x, y, (first, second, both)


def _correlation(over: str, pairs: Sequence[tuple[float, float, tuple[float, float, float]]]) -> Correlation:
    values = np.array([[x, y] for x, y, _ in pairs])
    value, low, high = correlation(values, np.array([each for *_, each in pairs]))
    spread = len(values) > 2 and bool((values.std(axis=0) > 0).all())
    plain = float(np.corrcoef(values.T)[0, 1]) if spread else math.nan
    return Correlation(over, len(pairs), value, low, high, plain)
