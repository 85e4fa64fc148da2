"""Sign-flip tests of many differences at once, with the same flips of each cluster in all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from mmdt.stats.intervals.wilson import Floats
from mmdt.stats.permutation import ARRANGEMENTS, EXACT, sign_flip_test

COLUMNS = 2_000
"""More clusters than this are flipped in this many groups: a group may change its sign whenever its clusters may."""
_ROWS = 500
_DIGITS = 10


def sign_flip_tests(differences: Sequence[Mapping[str, float]], *, seed: int = 0) -> list[float]:
    """p of each difference, given by cluster: under the null hypothesis each cluster could as well have the other sign.

    Exact where all arrangements can be enumerated, or all nonzero values have one size (McNemar). Otherwise 9,999
    random arrangements; where none of them reaches what was observed, p is at most the bound of Hoeffding (1963, J. of
    the American Statistical Association 58), ``2 exp(-z**2 / 2)``, which holds for the exact one. Without it no p would
    be below 1/10,000, and no claim could survive in a family of 500.
    """
    rounded = [_rounded(np.fromiter(each.values(), np.float64, len(each))) for each in differences]
    found = [math.nan] * len(differences)
    rest = []
    for index, values in enumerate(rounded):
        sizes = np.abs(values[values != 0])
        if len(sizes) < math.log2(EXACT) or np.ptp(sizes) == 0:
            found[index] = sign_flip_test(values) if len(values) else math.nan
        else:
            rest.append(index)
    for index, p in zip(
        rest, _simulated([dict(zip(differences[i], rounded[i], strict=True)) for i in rest], seed), strict=True
    ):
        found[index] = p
    return found


def _rounded(values: Floats) -> Floats:
    """Without the noise of the sums, so that a cluster on which both runs agree is exactly zero."""
    largest = float(np.abs(values).max(initial=0.0))
    return np.round(values / largest, _DIGITS) if largest > 1e-12 else np.zeros(len(values))


def _simulated(differences: Sequence[Mapping[str, float]], seed: int) -> list[float]:
    if not differences:
        return []
    names = {name: index for index, name in enumerate(dict.fromkeys(name for each in differences for name in each))}
    rng = np.random.default_rng(seed)
    width = min(len(names), COLUMNS)
    column = rng.permutation(len(names)) % width
    table = np.zeros((width, len(differences)))
    for number, each in enumerate(differences):
        np.add.at(table[:, number], column[[names[name] for name in each]], list(each.values()))
    observed = np.abs(table.sum(axis=0))
    reached = np.zeros(len(differences))
    for done in range(0, ARRANGEMENTS, _ROWS):
        signs = rng.integers(0, 2, (min(_ROWS, ARRANGEMENTS - done), width), np.int8) * 2.0 - 1.0
        reached += (np.abs(signs @ table) >= observed - 1e-9 * np.maximum(1.0, observed)).sum(axis=0)
    p = (1 + reached) / (1 + ARRANGEMENTS)
    squares = (table**2).sum(axis=0)
    bound = 2 * np.exp(-(observed**2) / (2 * np.where(squares > 0, squares, 1.0)))
    return [float(each) for each in np.where(reached == 0, np.minimum(p, bound), p)]
