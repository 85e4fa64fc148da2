"""The weighted mean of several estimates, with an interval made from their own limits."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmdt.core.estimate import Direction, Estimate
from mmdt.errors import UsageError
from mmdt.stats.intervals.bootstrap import is_values_only
from mmdt.stats.intervals.missing import is_outer, with_outer
from mmdt.stats.intervals.wilson import wilson
from mmdt.stats.judge_correction import effective_n

COMBINED = "Wilson, effective n, of the parts"


def weighted_mean(
    name: str,
    children: Sequence[Estimate],
    weights: Sequence[float] = (),
    *,
    direction: Direction,
    correlation: NDArray[np.float64] | None = None,
    ends: tuple[Sequence[Estimate], Sequence[Estimate]] | None = None,
) -> Estimate:
    """The mean of the children's values (equal weights unless given), with an interval made from theirs.

    Rates with Wilson intervals, equal weights: Wilson's again, on the effective number of the mean, see ``_rates``.
    Anything else: limits recovered from the children's own (MOVER, Zou and Donner 2008, Statistics in Medicine 27).
    With ``a_i`` the distance from a child's value to its lower limit, the lower limit is the mean minus
    ``sqrt(sum_ij w_i w_j r_ij a_i a_j)``, and the upper one likewise. ``correlation`` (``r``, children x children) is
    that of the children's values, which is not zero where they share clusters; identity by default.

    Where outputs of the children are missing, the interval is the outer one. ``ends``: the children with everything
    missing at the lower and at the upper end; by default their ends and the distances to their limits.

    A mean over tasks is meaningless when a task is absent: where a child has no value, neither has the mean. ``extra``
    then holds how many are ``absent`` and the ``mean_of_present``, which may only be shown as such.
    """
    shares = _shares(name, len(children), weights)
    values = np.array([child.value for child in children])
    present = ~np.isnan(values)
    value = float(shares @ values)
    correlations = np.eye(len(children)) if correlation is None else correlation
    extra = _if_missing(children, shares)
    if ends is None:
        low, high, method = _limits(children, shares, correlations)
    else:
        (low, _, method), (_, high, _) = (_limits(each, shares, correlations) for each in ends)
    method = with_outer(method) if extra else method
    if not present.all():
        extra["absent"] = float((~present).sum())
        if present.any():
            extra["mean_of_present"] = float(shares[present] @ values[present] / shares[present].sum())
    return Estimate(
        metric=name,
        value=value,
        low=low,
        high=high,
        n=sum(child.n for child in children),
        clusters=sum(child.clusters for child in children),
        missing=sum(child.missing for child in children),
        direction=direction,
        method=method,
        extra=extra,
    )


def why_none(estimate: Estimate) -> str:
    """Why a number has no value; empty where it has one."""
    if not math.isnan(estimate.value):
        return ""
    absent = int(estimate.extra.get("absent", 0))
    return f"{absent} of its parts not run, or without a value" if absent else "no output to measure it on"


def _limits(
    children: Sequence[Estimate], shares: NDArray[np.float64], correlations: NDArray[np.float64]
) -> tuple[float, float, str]:
    if is_values_only():
        return math.nan, math.nan, ""
    value = float(shares @ np.array([child.value for child in children]))
    if all(map(_is_rate, children)) and bool(np.allclose(shares, shares[0])):
        return *_rates(children, shares, value, correlations), COMBINED
    return *_mover(children, shares, correlations), "MOVER"


def _shares(name: str, number: int, weights: Sequence[float]) -> NDArray[np.float64]:
    if not number:
        raise UsageError("a mean needs at least one part", where=name)
    if not weights:
        return np.full(number, 1 / number)
    if len(weights) != number or min(weights) < 0 or sum(weights) <= 0:
        raise UsageError(
            f"{len(weights)} weights for {number} parts",
            where=name,
            hint="give one weight of zero or more for each part",
        )
    return np.asarray(weights, np.float64) / sum(weights)


def _is_rate(child: Estimate) -> bool:
    """Whether the interval is Wilson's, of a mean within [0, 1]."""
    return (
        child.method.startswith("Wilson") and not is_outer(child) and 0 <= child.low <= child.value <= child.high <= 1
    )


def _rates(
    children: Sequence[Estimate], shares: NDArray[np.float64], value: float, correlations: NDArray[np.float64]
) -> tuple[float, float]:
    """Wilson's interval on the effective number of the mean.

    Each rate has the number of outputs whose Wilson interval would be as wide as its own. Wilson's formula pulls an
    interval towards one half and shortens it, more so with fewer outputs. The limits of the parts are pulled and
    shortened like those of few outputs, while their mean rests on many. MOVER keeps both effects and holds 90 to 94 %
    with four or five tasks of a dozen cases. So only the variances of the parts are used, each rate pulled towards the
    mean by one output, as between the strata of one scenario (``mmdt.stats.intervals.strata``). This is for equal
    weights: where half of the mean rests on one rate, its own limits must carry the interval, and MOVER holds its
    level.
    """
    sizes = np.array([effective_n(child) for child in children])
    own = float(1 / (shares**2 / sizes).sum())
    if value <= 0 or value >= 1:
        return wilson(value * own, own)
    rates = (np.array([child.value for child in children]) * sizes + value) / (sizes + 1)
    spread = shares * np.sqrt(rates * (1 - rates) * (1 + 1 / (sizes + 1)) / sizes)
    variance = float(spread @ correlations @ spread)
    # correlations estimated pair by pair need not form a valid matrix: the square may fall below zero
    effective = value * (1 - value) / variance if variance > 0 else own
    return wilson(value * effective, effective)


def _mover(
    children: Sequence[Estimate], shares: NDArray[np.float64], correlations: NDArray[np.float64]
) -> tuple[float, float]:
    """What is missing does not average out as sampling does: the distances are those from the ends, where there are
    such, and the ends are averaged as they are."""
    least = np.array([_end(child, "low") for child in children])
    most = np.array([_end(child, "high") for child in children])
    below = shares * (least - np.array([child.low for child in children]))
    above = shares * (np.array([child.high for child in children]) - most)
    if np.isnan(below).any() or np.isnan(above).any():
        return math.nan, math.nan
    # the square may fall below zero, as above
    return (
        float(shares @ least) - math.sqrt(max(below @ correlations @ below, 0.0)),
        float(shares @ most) + math.sqrt(max(above @ correlations @ above, 0.0)),
    )


def _end(child: Estimate, end: str) -> float:
    return child.extra.get(f"if_missing_{end}", child.value) if is_outer(child) else child.value


def _if_missing(children: Sequence[Estimate], shares: NDArray[np.float64]) -> dict[str, float]:
    """The mean of the children's worst cases; a child without missing outputs counts with its value."""
    found: dict[str, float] = {}
    for key in ("if_missing_low", "if_missing_high"):
        if any(key in child.extra for child in children):
            worst = float(shares @ np.array([child.extra.get(key, child.value) for child in children]))
            if not math.isnan(worst):
                found[key] = worst
    return found
