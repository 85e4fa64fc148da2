"""The coverage to expect, and what a number of seeds can say about it."""

from __future__ import annotations

import numpy as np
from scipy import stats

from mmdt.stats.intervals.wilson import wilson


def wilson_coverage(n: int, rate: float) -> float:
    """The exact coverage of Wilson's 95 % interval with ``n`` independent 0/1 values.

    It varies around 95 %, between 92 and 98 % for rates that are not extreme, because there are only ``n + 1`` possible
    intervals.
    """
    counts = np.arange(n + 1)
    held = [low <= rate <= high for low, high in (wilson(float(count), n) for count in counts)]
    return float(stats.binom.pmf(counts, n, rate)[held].sum())


def exact_interval(hits: float, of: float) -> tuple[float, float]:
    """The 95 % interval of Clopper and Pearson (1934, Biometrika 26); an effective ``of`` may be a fraction."""
    low = float(stats.beta.ppf(0.025, hits, of - hits + 1)) if hits > 0 else 0.0
    high = float(stats.beta.ppf(0.975, hits + 1, of - hits)) if hits < of else 1.0
    return low, high


def plausible(hits: int, of: int, least: float, most: float, tail: float = 1e-3) -> bool:
    """Whether ``hits`` are compatible with a coverage between ``least`` and ``most``.

    A coverage at either end must give at most, or at least, this many hits with a probability of at least ``tail``.

    With 0.95 at both ends, 400 seeds accept 0.9125 to 0.98, 1,000 accept 0.927 to 0.97, 2,000 accept 0.9345 to 0.9645.
    """
    return bool(stats.binom.cdf(hits, of, least) >= tail and stats.binom.sf(hits - 1, of, most) >= tail)
