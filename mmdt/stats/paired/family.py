"""One family of tests: corrected so that few or none of its claims are false."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from typing import Literal, TypeVar

from mmdt.stats.holm import holm

Adjust = Literal["holm", "bh"]
Name = TypeVar("Name", bound=Hashable)


def adjusted(p_values: Mapping[Name, float], how: Adjust = "holm") -> dict[Name, float]:
    """Adjusted p-values; NaN (no test was possible) stays NaN and does not count.

    ``holm``: below 5 %, the chance of any false claim in the family is at most 5 %. ``bh`` (Benjamini and Hochberg
    1995, J. of the Royal Statistical Society B 57): of the claims, at most 5 % are false on average.
    """
    names = list(p_values)
    correct: Callable[[Mapping[str, float]], dict[str, float]] = holm if how == "holm" else benjamini_hochberg
    found = correct({str(index): p_values[name] for index, name in enumerate(names)})
    return {name: found[str(index)] for index, name in enumerate(names)}


def benjamini_hochberg(p_values: Mapping[str, float]) -> dict[str, float]:
    """The i-th smallest of m is multiplied by ``m / i``, kept at most as large as the one after it, and at most 1."""
    ranked = sorted((name for name, p in p_values.items() if not math.isnan(p)), key=lambda name: p_values[name])
    found = dict.fromkeys(p_values, math.nan)
    most = 1.0
    for rank in range(len(ranked), 0, -1):
        name = ranked[rank - 1]
        most = min(most, p_values[name] * len(ranked) / rank)
        found[name] = most
    return found
