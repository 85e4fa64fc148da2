"""A judged mean corrected by people's labels, as an estimate that holds sampling and the judge's errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mmdt.core.estimate import Direction, Estimate, Holds
from mmdt.stats.intervals.clusters import normalised
from mmdt.stats.intervals.missing import with_outer
from mmdt.stats.intervals.wilson import UNIT
from mmdt.stats.people import ppi, stratified

CORRECTED = "_people"
"""Ends the name of a corrected metric."""
ENOUGH = 200
"""From this many labels on, where the judge's rate is not near an end, PPI++ is used."""
NEAR_END = 0.1
HOLDS: Holds = "sampling and judge"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One output: the judge's value and the people's (NaN where there is none), with its cluster.

    ``settled``: no verdict can change the value, so it needs no label; NaN is then an output that is missing.
    ``unsure``: labelled, and the people could not tell. ``weight``: how many cases it stands for. ``verdict``: the
    judge's yes (1) or no (0), by which outputs were chosen to be labelled, NaN where it had none; by default the judged
    value itself. ``if_yes`` and ``if_no``: the value if the right verdict were yes, and if it were no.
    """

    cluster: str
    judged: float
    people: float
    settled: bool = False
    unsure: bool = False
    weight: float = 1.0
    verdict: float | None = None
    if_yes: float = 1.0
    if_no: float = 0.0

    @property
    def stratum(self) -> float:
        return self.judged if self.verdict is None else self.verdict


def corrected_mean(name: str, rows: Sequence[Labelled], *, direction: Direction) -> Estimate:
    """The mean that people would find over all outputs. NaN where the outputs of some verdict have no label.

    The estimator depends on the number of labels and the judge's rate alone, never on what the labels say: strata by
    verdict, and PPI++ for values between 0 and 1 or from ``ENOUGH`` labels on with a judge's rate of 10 to 90 %.
    ``extra``: ``labels``, and ``as_judged``, the mean by the judge alone. Outputs that are missing are bounded.
    """
    there = [row for row in rows if not (row.settled and math.isnan(row.judged))]
    missing = len(rows) - len(there)
    judged = np.array([row.judged for row in there])
    people = np.array([row.people for row in there])
    settled = np.array([row.settled for row in there], bool)
    unsure = np.array([row.unsure for row in there], bool)
    clusters = [row.cluster for row in there]
    weights = normalised([row.weight for row in there], len(there))
    labels = int((~np.isnan(people) & ~settled).sum())
    seen = judged[~np.isnan(judged)]
    if weights is None and _by_ppi(judged[~settled], labels, bool(unsure.any())):
        value, low, high = ppi.mean_beside_settled(judged, people, clusters, settled)
        method = ppi.METHOD
    else:
        strata = np.array([row.stratum for row in there])
        found = stratified.stratified_rate(strata, people, clusters, unsure=unsure, settled=settled, weights=weights)
        value, low, high, method = found.value, found.low, found.high, stratified.METHOD
    extra = {"labels": float(labels)}
    if len(seen):
        each = np.ones(len(there)) if weights is None else weights
        extra["as_judged"] = float(np.average(seen, weights=each[~np.isnan(judged)]))
    number, many = len(there), len(set(clusters))
    corrected = Estimate(name, value, low, high, number, many, missing, direction, method, extra, holds=HOLDS)
    return with_missing(corrected, there, rows)


def with_missing(corrected: Estimate, there: Sequence[Labelled], rows: Sequence[Labelled]) -> Estimate:
    """The estimate over the outputs that are ``there``, bounded for those of ``rows`` that are missing."""
    if len(there) == len(rows) or math.isnan(corrected.value):
        return corrected
    share = 1 - sum(row.weight for row in there) / sum(row.weight for row in rows)
    value = corrected.value * (1 - share)
    return replace(
        corrected,
        low=corrected.low * (1 - share),
        high=corrected.high * (1 - share) + share,
        method=with_outer(corrected.method),
        extra={**corrected.extra, "if_missing_low": value, "if_missing_high": value + share},
    )


def _by_ppi(judged: np.ndarray, labels: int, unsure: bool) -> bool:
    """Whether PPI++ is used: known before any label is read."""
    if unsure or np.isnan(judged).any() or not len(judged):
        return False
    if not np.isin(judged, UNIT).all():
        return True
    return labels >= ENOUGH and NEAR_END <= float(judged.mean()) <= 1 - NEAR_END
