"""Intervals of signed biases, from the number of faces of each class by prompt.

A bias that is a linear function of one share (of men, of one race among all faces) has the interval of that share. A
bias normalised by pairs of races is not linear in any share and is bootstrapped.
"""

from __future__ import annotations

import math
from zlib import crc32

import numpy as np

from mmdt.stats.estimates import IntervalAndMethod
from mmdt.stats.intervals.bootstrap import Statistic, bootstrap_interval
from mmdt.stats.intervals.means import unit_interval
from mmdt.stats.intervals.wilson import Floats

SHARE = "Wilson of the share, effective n, clustered by prompt"
BOOTSTRAP = "BCa bootstrap by prompt"
BOOTSTRAP_WITH_PRIOR = "BCa bootstrap by prompt, with one imagined output of each class"


def bias_interval_from_share(sure: Floats, statistic: Statistic, classes: tuple[int, ...]) -> IntervalAndMethod:
    """Interval of a statistic that is linear in the share of some classes: its values at the limits of that share.

    ``sure``: faces by prompt and class, at least one. A bootstrap is too wide here: with one face a prompt its
    resamples fall on few values, and its 95 % intervals hold the truth 97 to 100 % of the time with 10 to 40 prompts.
    """
    sizes = sure.sum(axis=1)
    present = sizes > 0
    ends = unit_interval(sure[:, classes].sum(axis=1)[present], sizes[present], binary=True)
    low, high = (float(statistic(_totals_with_share(share, classes, sure.shape[1]))) for share in ends)
    return (low, high), SHARE


def _totals_with_share(share: float, classes: tuple[int, ...], number: int) -> Floats:
    """Totals of ``number`` classes in which some classes share ``share`` evenly, and the others the rest."""
    totals = np.full(number, (1 - share) / (number - len(classes)))
    totals[list(classes)] = share / len(classes)
    return totals


def bootstrap_bias_interval(sure: Floats, statistic: Statistic, name: str) -> IntervalAndMethod:
    """Bootstrap interval of any statistic; a sample without spread gets one imagined typical prompt of each class.

    ``sure``: faces by prompt and class; ``name`` seeds the resamples.
    """
    seed = crc32(name.encode())
    found = bootstrap_interval(sure, statistic, seed=seed)
    if not math.isnan(found[0]):
        return found, BOOTSTRAP
    by_frequency = np.argsort(-sure.sum(axis=0), kind="stable")  # the order of the classes must not change the result
    imagined = sure.sum(axis=1).mean() * np.eye(sure.shape[1])[by_frequency]
    return bootstrap_interval(np.vstack([sure, imagined]), statistic, seed=seed), BOOTSTRAP_WITH_PRIOR
