"""Log-rank: do two groups have the event at the same rate?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mmdt.errors import UsageError
from mmdt.stats.permutation import ARRANGEMENTS
from mmdt.stats.survival.times import Times


def logrank(first: Times, second: Times) -> tuple[float, float]:
    """The statistic z (positive: ``first`` has the event sooner) and its two-sided p, for independent groups.

    Mantel (1966, Cancer Chemotherapy Reports 50). With nothing to compare z is 0 and p is 1.
    """
    difference, variance = _sums(first, second)
    if variance <= 0:
        return 0.0, 1.0
    z = difference / math.sqrt(variance)
    return z, math.erfc(abs(z) / math.sqrt(2))


def paired_logrank(
    first: Sequence[tuple[float, bool]], second: Sequence[tuple[float, bool]], *, seed: int = 0
) -> float:
    """Two-sided p of the log-rank statistic where both sequences are about the same behaviours, in the same order.

    The labels of each pair could as well be swapped; the pairs may be as alike as they like. Exact where all swaps can
    be counted, and otherwise seeded, with the observed one among them. Raises UsageError for unequal lengths.
    """
    if len(first) != len(second):
        raise UsageError("the pairs do not match", hint="give the same behaviours in the same order")
    differ = [place for place, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1]]
    if not differ:
        return 1.0
    observed = abs(_sums(Times.of(first), Times.of(second))[0])
    exact = 2 ** len(differ) <= 4096
    flips: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    if exact:
        numbers = np.arange(2 ** len(differ))[:, None]
        flips = (numbers >> np.arange(len(differ)) & 1).astype(np.bool_)
    else:
        flips = np.random.default_rng(seed).random((min(ARRANGEMENTS, 1999), len(differ))) < 0.5
    reached = sum(abs(_swapped(first, second, differ, row)) >= observed - 1e-9 for row in flips)
    return float(reached / len(flips) if exact else (1 + reached) / (1 + len(flips)))


def _swapped(
    first: Sequence[tuple[float, bool]],
    second: Sequence[tuple[float, bool]],
    places: Sequence[int],
    swap: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> float:
    one, other = list(first), list(second)
    for place in np.asarray(places)[swap]:
        one[place], other[place] = other[place], one[place]
    return _sums(Times.of(one), Times.of(other))[0]


def _sums(first: Times, second: Times) -> tuple[float, float]:
    """Observed minus expected events of ``first``, and the variance (hypergeometric)."""
    difference = variance = 0.0
    for time in sorted({*first.event_times, *second.event_times}):
        here, there = first.at_risk(time), second.at_risk(time)
        total, events = here + there, first.happened(time) + second.happened(time)
        difference += first.happened(time) - events * here / total
        if total > 1:
            variance += events * here * there * (total - events) / (total * total * (total - 1))
    return difference, variance
