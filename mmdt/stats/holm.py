"""Holm's step-down correction of several tests: keeps the chance of any false alarm at the level."""

from __future__ import annotations

import math
from collections.abc import Mapping


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p-values (Holm 1979, Scandinavian J. of Statistics 6), valid however the tests depend on each other.

    The i-th smallest of m is multiplied by ``m - i + 1``, kept at least as large as the one before it, and at most 1.
    NaN (no test was possible) stays NaN and does not count among the m.
    """
    ranked = sorted((name for name, p in p_values.items() if not math.isnan(p)), key=lambda name: p_values[name])
    adjusted = dict.fromkeys(p_values, math.nan)
    least = 0.0
    for rank, name in enumerate(ranked):
        least = max(least, min(1.0, (len(ranked) - rank) * p_values[name]))
        adjusted[name] = least
    return adjusted
