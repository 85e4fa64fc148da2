"""Krippendorff's alpha: how much several people agree beyond chance, whoever labelled what."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.stats.intervals.bootstrap import bootstrap_estimate
from mmdt.stats.intervals.wilson import Floats


def alpha(
    ratings: Sequence[Mapping[str, Hashable]], clusters: Sequence[Hashable] | None = None, *, seed: int = 0
) -> Estimate:
    """Alpha for nominal values (Krippendorff 2011, Computing Krippendorff's alpha-reliability).

    ``ratings``: of each output, the value by annotator; annotators may be missing, and outputs with fewer than two
    values say nothing about agreement. NaN where all values are the same. Interval: bootstrap over clusters.
    """
    groups = list(range(len(ratings))) if clusters is None else list(clusters)
    pairable = [i for i, each in enumerate(ratings) if len(each) > 1]
    values = sorted({value for i in pairable for value in ratings[i].values()}, key=repr)
    place = {value: k for k, value in enumerate(values)}
    table = np.zeros((len(pairable), len(values) + 1))
    for row, i in enumerate(pairable):
        counts = np.zeros(len(values))
        for value in ratings[i].values():
            counts[place[value]] += 1
        m = counts.sum()
        table[row, :-1] = counts
        table[row, -1] = float((counts * (m - counts)).sum()) / (m - 1)  # pairs that disagree, a value each

    return bootstrap_estimate(
        "alpha", table, [groups[i] for i in pairable], _alpha, direction="higher", seed=seed,
        missing=len(ratings) - len(pairable),
    )  # fmt: skip


def _alpha(totals: Floats) -> Floats:
    counts, disagreed = totals[..., :-1], totals[..., -1]
    n = counts.sum(axis=-1)
    expected = (n**2 - (counts**2).sum(axis=-1)) / (n - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - disagreed / expected)
