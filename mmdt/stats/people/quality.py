"""How good a judge is by people's labels: sensitivity and specificity over all outputs, although labels are of some.

The labelled outputs were chosen by verdict, so the plain share of "yes" among the harmful ones would be that of the
sample, not of the run. Each stratum counts with its share of all outputs (Begg and Greenes 1983, Biometrics 39).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.stats.intervals.bootstrap import bootstrap_estimate
from mmdt.stats.intervals.clusters import picked
from mmdt.stats.intervals.special import ndtri
from mmdt.stats.intervals.wilson import LEVEL, Floats


def sensitivity(judged: Floats, people: Floats, clusters: Sequence[Hashable]) -> Estimate:
    """The share of the outputs that people call positive which the judge calls positive too.

    ``judged``: 0, 1 or NaN of each output; ``people``: 0 or 1 of the labelled, NaN elsewhere. Outputs without a verdict
    are left out. Interval: on the logit scale, with the delta method over the strata's rates (Begg and Greenes); where
    a label of one kind is absent, Wilson's of the labels as they are. NaN without a positive label.
    """
    return _quality("sensitivity", judged, people, clusters, positive=True)


def specificity(judged: Floats, people: Floats, clusters: Sequence[Hashable]) -> Estimate:
    """The share of the outputs that people call negative which the judge calls negative too; see ``sensitivity``."""
    return _quality("specificity", judged, people, clusters, positive=False)


def _quality(name: str, judged: Floats, people: Floats, clusters: Sequence[Hashable], *, positive: bool) -> Estimate:
    seen = ~np.isnan(judged)
    known = seen & ~np.isnan(people)
    agreeing = float(positive)
    of_kind = people[known] == agreeing
    said = judged[known] == agreeing
    found = Estimate(
        name, math.nan, math.nan, math.nan, int(of_kind.sum()), len(set(picked(clusters, known))),
        direction="higher",
    )  # fmt: skip
    share = float((judged[seen] == agreeing).mean()) if seen.any() else math.nan
    right = _rate(of_kind[said])  # of the kind, among the outputs that the judge calls so
    wrong = _rate(of_kind[~said])
    if not of_kind.any() or math.isnan(share):
        return found
    if math.isnan(right) or math.isnan(wrong):
        return found if 0 < share < 1 else replace(found, value=share)
    caught, slipped = share * right, (1 - share) * wrong
    value = caught / (caught + slipped)
    low, high = _limits(share, of_kind[said], of_kind[~said], int(seen.sum()))
    return replace(found, value=value, low=min(low, value), high=max(high, value), method="Begg-Greenes, logit")


def _rate(kind: Floats) -> float:
    return float(kind.mean()) if len(kind) else math.nan


def _limits(share: float, said: Floats, unsaid: Floats, outputs: int) -> tuple[float, float]:
    """Limits of ``s r / (s r + (1 - s) w)``: the logit is a sum of three independent logs, ``log(s / (1 - s))``,
    ``log r`` and ``-log w``, each with its own variance. Half a label of either kind is added where one is absent."""
    a, n1 = float(said.sum()), len(said)
    b, n0 = float(unsaid.sum()), len(unsaid)
    if a in (0, n1) or b in (0, n0):
        a, n1, b, n0 = a + 0.5, n1 + 1, b + 0.5, n0 + 1
    share = min(max(share, 0.5 / outputs), 1 - 0.5 / outputs)
    centre = math.log(share / (1 - share)) + math.log(a / n1) - math.log(b / n0)
    variance = 1 / (share * (1 - share) * outputs) + 1 / a - 1 / n1 + 1 / b - 1 / n0
    half = float(ndtri((1 + LEVEL) / 2)) * math.sqrt(variance)
    return 1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre))


def weighted_agreement(
    name: str, judged: Floats, people: Floats, clusters: Sequence[Hashable], *, seed: int = 0
) -> Estimate:
    """``kappa`` or ``AC1`` between judge and people over all outputs: each label counts for the outputs it stands for.

    Cohen (1960) and Gwet (2008), of the weighted table of verdicts; bootstrap over clusters.
    """
    known = ~np.isnan(judged) & ~np.isnan(people)
    weight = {v: float((judged == v).sum()) / max(1, int((known & (judged == v)).sum())) for v in (0.0, 1.0)}
    table = np.array(
        [
            [weight[j] * (j == r and p == c) for r in (0.0, 1.0) for c in (0.0, 1.0)]
            for j, p in zip(judged[known], people[known], strict=True)
        ]
    ).reshape(-1, 4)

    def coefficient(totals: Floats) -> Floats:
        counts = totals.reshape(*totals.shape[:-1], 2, 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = counts / counts.sum(axis=(-1, -2), keepdims=True)
            mine, theirs = shares.sum(axis=-1)[..., 1], shares.sum(axis=-2)[..., 1]
            rate = (mine + theirs) / 2
            chance = mine * theirs + (1 - mine) * (1 - theirs) if name == "kappa" else 2 * rate * (1 - rate)
            agreed = np.trace(shares, axis1=-2, axis2=-1)
            return np.asarray((agreed - chance) / (1 - chance))

    groups = picked(clusters, known)
    return bootstrap_estimate(name, table, groups, coefficient, direction="higher", seed=seed)
