"""The rate that people would find in all outputs, from the labels they gave to some of each of the judge's verdicts.

Every output has a verdict and some have a label. Each stratum of outputs with one verdict has a rate of its own among
its labels; the rates are weighted by the strata's shares of all outputs. The interval holds three errors: of each
stratum's rate (Wilson's limits, on the effective number of labels where they are clustered), and of the shares
themselves, since another sample of cases would have had other verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmdt.errors import UsageError
from mmdt.stats.intervals.clusters import cluster_totals, cr2_variance, degrees_of_freedom, normalised, picked
from mmdt.stats.intervals.means import unit_interval
from mmdt.stats.intervals.special import stdtrit
from mmdt.stats.intervals.wilson import LEVEL, NOWHERE, Floats, Interval

METHOD = "strata by verdict, Wilson, MOVER"


@dataclass(frozen=True, slots=True)
class Stratum:
    """Outputs with one verdict (NaN: the judge had none): their share of all, how many, and the rate of the labelled.

    ``unsure`` labels could be either: the limits hold both.
    """

    verdict: float
    share: float
    outputs: int
    labels: int
    unsure: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected rate. NaN where the outputs of some verdict have no label."""

    value: float
    low: float
    high: float
    strata: tuple[Stratum, ...]

    @property
    def labels(self) -> int:
        return sum(each.labels for each in self.strata)


def stratified_rate(
    judged: Floats,
    people: Floats,
    clusters: Sequence[Hashable],
    *,
    unsure: NDArray[np.bool_] | None = None,
    settled: NDArray[np.bool_] | None = None,
    weights: Floats | None = None,
    level: float = LEVEL,
) -> Corrected:
    """The mean of ``people`` over all outputs, each with its interval.

    ``judged``: 0, 1 or NaN (no verdict) of each output; ``people``: 0 or 1 of the labelled, NaN elsewhere; ``unsure``:
    labelled, and the people could not tell; ``settled``: ``people`` is known without a label, because no verdict can
    change it; ``weights``: how many cases each stands for, with a mean of one. The labelled outputs of a verdict must
    be a random sample of it. Limits: MOVER (Zou and Donner 2008, Statistics in Medicine 27) over the strata, with the
    cluster-robust variance of the shares beside them. Raises UsageError for a judged value between 0 and 1."""
    if not (np.isnan(judged) | np.isin(judged, (0.0, 1.0)) | (settled if settled is not None else False)).all():
        raise UsageError(
            "strata are made of verdicts, and a judged value is between yes and no",
            hint="give the verdict that each value means (a panel's mean is yes above one half), or use ppi.mean",
        )
    nobody = np.zeros(len(judged), bool)
    unsure, settled = (nobody if given is None else given for given in (unsure, settled))
    members = [
        (verdict, mine & ~settled)
        for verdict in (1.0, 0.0, math.nan)
        for mine in (np.isnan(judged) if math.isnan(verdict) else judged == verdict,)
        if (mine & ~settled).any()
    ]
    each_stands_for = np.ones(len(judged)) if weights is None else weights
    strata = tuple(
        _stratum(verdict, people, clusters, unsure, mine, each_stands_for, level) for verdict, mine in members
    )
    rates = np.where(settled, people, math.nan)
    for each, (_, mine) in zip(strata, members, strict=True):
        rates[mine] = each.rate
    value = float((rates * each_stands_for).mean()) if len(rates) else math.nan
    if math.isnan(value):
        return Corrected(math.nan, *NOWHERE, strata)
    of_shares = share_error(rates, clusters, level, weights)
    below = math.hypot(of_shares, *(each.share * (each.rate - each.low) for each in strata if not each.unsure))
    above = math.hypot(of_shares, *(each.share * (each.high - each.rate) for each in strata if not each.unsure))
    # what the unsure labels leave open does not average out: it is added, not squared
    below += sum(each.share * (each.rate - each.low) for each in strata if each.unsure)
    above += sum(each.share * (each.high - each.rate) for each in strata if each.unsure)
    return Corrected(value, max(value - below, 0.0), min(value + above, 1.0), strata)


def _stratum(
    verdict: float,
    people: Floats,
    clusters: Sequence[Hashable],
    unsure: NDArray[np.bool_],
    mine: NDArray[np.bool_],
    weights: Floats,
    level: float,
) -> Stratum:
    known, open_ = mine & ~np.isnan(people), mine & unsure
    rate = float(np.average(people[known], weights=weights[known])) if known.any() else math.nan
    low, high = _limits(people, known, clusters, weights, level)
    if open_.any() and known.any():
        both = known | open_
        low = _limits(np.where(open_, 0.0, people), both, clusters, weights, level)[0]
        high = _limits(np.where(open_, 1.0, people), both, clusters, weights, level)[1]
    share = float((mine * weights).mean())
    return Stratum(verdict, share, int(mine.sum()), int(known.sum()), int(open_.sum()), rate, low, high)


def _limits(
    people: Floats, known: NDArray[np.bool_], clusters: Sequence[Hashable], weights: Floats, level: float
) -> Interval:
    if not known.any():
        return NOWHERE
    each = normalised(weights[known], int(known.sum()))
    totals = cluster_totals(people[known], picked(clusters, known), each)
    return unit_interval(*totals, binary=each is None, level=level)


def share_error(rates: Floats, clusters: Sequence[Hashable], level: float, weights: Floats | None = None) -> float:
    """Half the width that the strata's shares add: of the mean of each output's stratum's rate, over clusters."""
    sums, sizes = cluster_totals(rates, clusters, weights)
    if len(sizes) < 2:
        return 0.0
    return float(stdtrit(degrees_of_freedom(sizes), (1 + level) / 2)) * math.sqrt(cr2_variance(sums, sizes))
