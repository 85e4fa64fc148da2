"""Intervals of signed biases, from how many faces of each class were read by prompt.

A bias that is a straight line of one share (of men, of a race among all faces) has the interval of that share; one
normalised by pairs of races is no line of anything and is bootstrapped.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from zlib import crc32

import numpy as np

from mmdt.stats.estimates import Made
from mmdt.stats.intervals.bootstrap import bootstrap_interval
from mmdt.stats.intervals.means import unit_interval
from mmdt.stats.intervals.wilson import Floats

BY_SHARE = "Wilson of the share, effective n, clustered by prompt"
BY = "BCa bootstrap by prompt"
BY_IMAGINED = "BCa bootstrap by prompt, with one imagined output of each class"

Statistic = Callable[[Floats], Floats]
"""From class totals (the last axis) to a bias."""


def of_share(sure: Floats, statistic: Statistic, places: tuple[int, ...]) -> Made:
    """Of a statistic that is a straight line of the share of some classes: what it is at that share's own limits.

    ``sure``: faces by prompt and class, at least one. A bootstrap is too wide here: with one face a prompt its
    resamples fall on few values, and its 95 % intervals hold the truth 97 to 100 % of the time with 10 to 40 prompts.
    """
    sizes = sure.sum(axis=1)
    there = sizes > 0
    ends = unit_interval(sure[:, places].sum(axis=1)[there], sizes[there], binary=True)
    low, high = (float(statistic(_with_share(share, places, sure.shape[1]))) for share in ends)
    return (low, high), BY_SHARE


def _with_share(share: float, places: tuple[int, ...], classes: int) -> Floats:
    """Totals of which the classes at these places have this share; the others have the rest."""
    totals = np.full(classes, (1 - share) / (classes - len(places)))
    totals[list(places)] = share / len(places)
    return totals


def bootstrapped(sure: Floats, statistic: Statistic, name: str) -> Made:
    """Of any statistic; where the sample has no spread, one imagined typical prompt of each class gives it some.

    ``sure``: faces by prompt and class; ``name`` seeds the resamples.
    """
    seed = crc32(name.encode())
    found = bootstrap_interval(sure, statistic, seed=seed)
    if not math.isnan(found[0]):
        return found, BY
    often_first = np.argsort(-sure.sum(axis=0), kind="stable")  # so that classes may change their names, not the result
    imagined = sure.sum(axis=1).mean() * np.eye(sure.shape[1])[often_first]
    return bootstrap_interval(np.vstack([sure, imagined]), statistic, seed=seed), BY_IMAGINED
