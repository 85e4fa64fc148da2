"""Intervals of means: of independent or clustered values that are 0/1, bounded or unbounded.

Outputs that share a cluster (repeats of a case, questions about one picture) are not independent, so every
interval here is computed from cluster totals. Four methods, chosen by what the values can be:

* 0/1, every cluster of size one: Wilson's score interval.
* within [0, 1]: Wilson's interval on the *effective* number of outputs, ``p (1 - p) / v`` with ``v`` the
  cluster-robust variance of the mean, adjusted for the degrees of freedom of ``v`` as Korn and Graubard (1998,
  Survey Methodology 24) do for Clopper-Pearson; Franco, Little, Louis and Slud (2019, J. Survey Statistics and
  Methodology 7) compare such intervals and find that the Wilson form holds its level best.
* within other bounds (signed differences): t around a mean to which one cluster at either bound has been added,
  which for independent pairs is the interval of Bonett and Price (2012, J. Educational and Behavioral Statistics 37).
* anything: the t interval.

Values within [0, 1] may come from *strata*, such as the tasks of a scenario, whose shares are fixed: see
``mmdt.stats.intervals.strata``.

``v`` is the CR2 variance and its degrees of freedom are Satterthwaite's, both of Bell and McCaffrey (2002, Survey
Methodology 28), which hold their level with few and unequal clusters. For a mean both have a closed form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmdt.core.estimate import Direction, Estimate
from mmdt.errors import UsageError
from mmdt.stats.intervals.bootstrap import is_values_only
from mmdt.stats.intervals.clusters import (
    PRIOR,
    Names,
    cluster_totals,
    codes,
    cr2_variance,
    degrees_of_freedom,
    normalised,
)
from mmdt.stats.intervals.missing import imbens_manski, with_outer
from mmdt.stats.intervals.special import ndtri, stdtrit
from mmdt.stats.intervals.strata import stratified_interval
from mmdt.stats.intervals.wilson import LEVEL, NOWHERE, UNIT, Bounds, Floats, Interval, wilson

_SLACK = 1e-9


def mean_interval(sums: Floats, sizes: Floats, level: float = LEVEL) -> Interval:
    """t interval of an unbounded mean. NaN for a single cluster, and for values without any spread."""
    if len(sums) < 2 or is_values_only():
        return NOWHERE
    variance = cr2_variance(sums, sizes)
    if variance <= 0:
        return NOWHERE
    mean = float(sums.sum() / sizes.sum())
    half = float(stdtrit(degrees_of_freedom(sizes), (1 + level) / 2)) * math.sqrt(variance)
    return mean - half, mean + half


def unit_interval(sums: Floats, sizes: Floats, *, binary: bool, level: float = LEVEL) -> Interval:
    """Wilson's interval on the effective number of outputs, for values within [0, 1].

    The effective number is at least what it would be if all outputs of a cluster were equal (``n**2 / sum(sizes**2)``),
    because such values cannot spread more; for 0/1 values it is at most ``n``.
    """
    n = float(sizes.sum())
    if n == 0 or is_values_only():
        return NOWHERE
    mean = min(max(float(sums.sum()) / n, 0.0), 1.0)
    if binary and bool((sizes == 1).all()):
        return wilson(mean * n, n, level)
    at_least = n * n / float((sizes**2).sum())
    effective = _effective_size(sums, sizes, level) if len(sizes) > 1 else 0.0
    if binary:
        effective = min(effective, n)
    effective = max(effective, at_least)
    return wilson(mean * effective, effective, level)


def _effective_size(sums: Floats, sizes: Floats, level: float) -> float:
    mean, variance = _with_prior(sums, sizes, UNIT, PRIOR)
    z = float(ndtri((1 + level) / 2))
    t = float(stdtrit(degrees_of_freedom(sizes) + 2 * PRIOR, (1 + level) / 2))
    return mean * (1 - mean) / variance * (z / t) ** 2


def _with_prior(sums: Floats, sizes: Floats, bounds: tuple[float, float], weight: float) -> tuple[float, float]:
    """Mean and CR2 variance after adding ``weight`` clusters of typical size at either bound."""
    low, high = bounds
    typical = float((sizes**2).sum() / sizes.sum())
    n = float(sizes.sum()) + 2 * weight * typical
    mean = (float(sums.sum()) + weight * typical * (low + high)) / n
    squares = float(((sums - mean * sizes) ** 2 / (1 - sizes / n)).sum())
    added = typical**2 * ((mean - low) ** 2 + (high - mean) ** 2) / (1 - typical / n)
    return mean, (squares + weight * added) / n**2


def bounded_interval(sums: Floats, sizes: Floats, bounds: tuple[float, float], level: float = LEVEL) -> Interval:
    """t interval around a mean to which one cluster at either bound was added, cut off at the bounds."""
    if len(sums) == 0 or is_values_only():
        return NOWHERE
    low, high = bounds
    if len(sums) == 1:
        return low, high
    centre, variance = _with_prior(sums, sizes, bounds, 1.0)
    half = float(stdtrit(degrees_of_freedom(sizes) + 2, (1 + level) / 2)) * math.sqrt(variance)
    mean = float(sums.sum() / sizes.sum())
    return max(min(centre - half, mean), low), min(max(centre + half, mean), high)


def mean_estimate(
    name: str,
    values: ArrayLike,
    clusters: Names,
    *,
    direction: Direction,
    missing: int = 0,
    ends: tuple[ArrayLike, ArrayLike] | None = None,
    binary: bool | None = None,
    bounds: Bounds = UNIT,
    strata: Names | None = None,
    weights: ArrayLike | None = None,
    level: float = LEVEL,
    tighter: bool = False,
) -> Estimate:
    """The mean of ``values`` with its interval; ``clusters`` names the cluster of each.

    ``strata`` names the stratum of each where values within [0, 1] come from several in fixed shares. ``weights``: how
    many cases each stands for, where a sample has other shares of the strata than the whole.

    A NaN among the values counts as missing, and ``missing`` counts further ones, each a cluster of its own.
    ``binary``: all values are 0 or 1; by default this is checked. Where values are missing and bounded, the interval is
    the outer one (see ``mmdt.stats.intervals.missing``; ``tighter``: that of Imbens and Manski), and ``extra`` holds
    the means with every missing value at its lower (``if_missing_low``) or upper end (``if_missing_high``). ``ends``
    are the least and the greatest value that each could have, by default the bounds.
    Raises UsageError on a value outside the bounds.
    """
    data = _Values.of(name, values, clusters, strata, weights, missing, ends, binary, bounds)
    known = data.known
    clustered = int(np.count_nonzero(np.bincount(known.clusters)))
    low, high = known.limits(level)
    method, extra = _method(len(known.values), clustered, known.binary, bounds), {}
    if data.absent and bounds is not None:
        least, most = data.at_ends()
        extra = {"if_missing_low": least.mean, "if_missing_high": most.mean}
        if len(known.values):
            low, high = _outer(least, most, level, tighter)
            method = with_outer(method)
    return Estimate(
        metric=name,
        value=known.mean,
        low=low,
        high=high,
        n=len(known.values),
        clusters=clustered,
        missing=data.absent,
        direction=direction,
        method=method,
        extra=extra,
    )


def mean_at_ends(
    name: str,
    values: ArrayLike,
    clusters: Names,
    *,
    direction: Direction,
    ends: tuple[ArrayLike, ArrayLike] | None = None,
    bounds: Bounds = UNIT,
    strata: Names | None = None,
    weights: ArrayLike | None = None,
) -> tuple[Estimate, Estimate] | None:
    """The mean with everything missing at its lower end, and at its upper one, each with the interval of complete data;
    None where nothing is missing, nothing is known or there are no bounds. Arguments as for ``mean_estimate``."""
    data = _Values.of(name, values, clusters, strata, weights, 0, ends, None, bounds)
    if not data.absent or bounds is None or not len(data.known.values):
        return None
    least, most = (
        mean_estimate(
            name,
            each.values,
            each.clusters,
            direction=direction,
            binary=each.binary,
            bounds=bounds,
            strata=strata,
            weights=weights,
        )
        for each in data.at_ends()
    )
    return least, most


def _outer(least: _Known, most: _Known, level: float, tighter: bool) -> Interval:
    def limits(at: float) -> tuple[Interval, Interval]:
        return least.limits(at), most.limits(at)

    if tighter:
        return imbens_manski(limits, most.mean - least.mean, level)
    return limits(level)[0][0], limits(level)[1][1]


@dataclass(frozen=True)
class _Known:
    """Values without any missing, and what their interval depends on."""

    values: Floats
    clusters: NDArray[np.intp]
    strata: NDArray[np.intp] | None
    weights: Floats | None
    binary: bool
    bounds: Bounds

    @property
    def mean(self) -> float:
        if not len(self.values):
            return math.nan
        each = normalised(self.weights, len(self.values))
        return float(self.values.mean() if each is None else (self.values * each).sum() / len(self.values))

    def limits(self, level: float) -> Interval:
        if is_values_only():
            return NOWHERE
        each = normalised(self.weights, len(self.values))
        if self.strata is None or self.bounds != UNIT or not (self.strata != self.strata[:1]).any():
            return _interval(*cluster_totals(self.values, self.clusters, each), self.binary, self.bounds, level)
        low, high = stratified_interval(
            self.values, self.clusters, self.strata, binary=self.binary, weights=each, level=level
        )
        if each is None:
            return low, high
        own = _from_strata(self.values, self.clusters, self.strata, each, self.binary, level)
        return min(low, own[0]), max(high, own[1])


@dataclass(frozen=True)
class _Values:
    """Values of which some are missing (NaN), and the ends between which each of those lies."""

    found: Floats
    there: NDArray[np.bool_]
    whole: _Known
    ends: tuple[Floats, Floats]

    @classmethod
    def of(
        cls,
        name: str,
        values: ArrayLike,
        clusters: Names,
        strata: Names | None,
        weights: ArrayLike | None,
        missing: int,
        ends: tuple[ArrayLike, ArrayLike] | None,
        binary: bool | None,
        bounds: Bounds,
    ) -> _Values:
        found = np.asarray(values, np.float64)
        least, most = bounds or (math.nan, math.nan)
        lower, upper = (np.full(len(found), least), np.full(len(found), most)) if ends is None else ends
        nowhere = np.full(missing, math.nan)
        found = np.concatenate([found, nowhere])
        there = ~np.isnan(found)
        found[there] = _within(name, found[there], bounds)
        zero_one = bounds == UNIT and bool(np.isin(found[there], UNIT).all()) if binary is None else binary
        numbered = codes(clusters)
        alone = np.arange(missing) + int(numbered.max(initial=-1)) + 1
        whole = _Known(
            found,
            np.concatenate([numbered, alone]),
            None if missing or strata is None else codes(strata),
            None if weights is None else np.concatenate([np.asarray(weights, np.float64), np.ones(missing)]),
            zero_one,
            bounds,
        )
        return cls(
            found,
            there,
            whole,
            (
                np.concatenate([np.asarray(lower, np.float64), np.full(missing, least)]),
                np.concatenate([np.asarray(upper, np.float64), np.full(missing, most)]),
            ),
        )

    @property
    def absent(self) -> int:
        return int((~self.there).sum())

    @property
    def known(self) -> _Known:
        if not self.absent:
            return self.whole
        strata, weights = self.whole.strata, self.whole.weights
        return replace(
            self.whole,
            values=self.found[self.there],
            clusters=self.whole.clusters[self.there],
            strata=None if strata is None else strata[self.there],
            weights=None if weights is None else weights[self.there],
        )

    def at_ends(self) -> tuple[_Known, _Known]:
        least, most = (
            replace(self.whole, values=np.where(self.there, self.found, end), binary=self._binary(end))
            for end in self.ends
        )
        return least, most

    def _binary(self, end: Floats) -> bool:
        return self.whole.binary and bool(np.isin(end[~self.there], UNIT).all())


def _within(name: str, values: Floats, bounds: Bounds) -> Floats:
    if not np.isfinite(values).all():
        raise UsageError(
            "a value is infinite",
            where=f"metric {name}",
            hint="leave the component out of the score where it is not known",
        )
    if bounds is None or not len(values):
        return values
    low, high = bounds
    if values.min() < low - _SLACK or values.max() > high + _SLACK:
        odd = values.min() if values.min() < low - _SLACK else values.max()
        hint = "declare the metric with the right bounds, or with bounds=None"
        raise UsageError(f"the value {odd:g} is outside {low:g} to {high:g}", where=f"metric {name}", hint=hint)
    return np.clip(values, low, high)


def _interval(sums: Floats, sizes: Floats, binary: bool, bounds: Bounds, level: float) -> Interval:
    if not len(sizes):
        return NOWHERE
    if bounds is None:
        return mean_interval(sums, sizes, level)
    if bounds != UNIT:
        return bounded_interval(sums, sizes, bounds, level)
    return unit_interval(sums, sizes, binary=binary, level=level)


def _from_strata(
    values: Floats,
    clusters: NDArray[np.intp],
    strata: NDArray[np.intp],
    weights: Floats,
    binary: bool,
    level: float,
) -> Interval:
    """Limits of a weighted mean from those of its strata (MOVER, Zou and Donner 2008).

    Where one stratum carries most of the weight, its own limits must carry the interval: with 97 % of the weight on 30
    outputs and a rate of 2 %, an interval from the variances alone holds the truth 44 % of the time. Where the strata
    are many, MOVER holds 93 %. So a weighted mean gets the outer ends of both.
    """
    index = codes(strata)
    mean, below, above = 0.0, 0.0, 0.0
    for stratum in range(int(index.max()) + 1):
        members = index == stratum
        share = float(weights[members].sum() / weights.sum())
        sums, sizes = cluster_totals(values[members], clusters[members])
        low, high = unit_interval(sums, sizes, binary=binary, level=level)
        own = float(sums.sum() / sizes.sum())
        mean, below, above = (
            mean + share * own,
            below + (share * (own - low)) ** 2,
            above + (share * (high - own)) ** 2,
        )
    return max(mean - math.sqrt(below), 0.0), min(mean + math.sqrt(above), 1.0)


def _method(number: int, clusters: int, binary: bool, bounds: Bounds) -> str:
    if not number:
        return ""
    grouped = ", clustered" if clusters < number else ""
    if bounds == UNIT:
        return ("Wilson" if binary else "Wilson, effective n") + grouped
    return ("t" if bounds is None else "adjusted t") + grouped
