"""Permutation tests: is a difference, or a departure from parity, more than chance?

All are two-sided. They are exact where all permutations can be enumerated, and seeded Monte Carlo otherwise, with the
observed arrangement counted among the random ones (Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9), so that p
is never zero. The permuted unit is a whole cluster: give sums by cluster where outputs are not independent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import combinations, permutations, product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmdt.stats.intervals.bootstrap import is_values_only
from mmdt.stats.intervals.special import bdtr
from mmdt.stats.intervals.wilson import Floats

EXACT = 20_000
"""Up to this number, all arrangements are enumerated."""
ARRANGEMENTS = 9_999
"""Random arrangements otherwise; the smallest p is then 1 / 10,000."""
MANY = 10_000
"""With more clusters than this, those that are alike are drawn together: how many of them change is binomial or
multinomial, so p has the same distribution, at a fraction of the work."""
_BLOCK = 2_000_000
_SLACK = 1e-12
"""Arrangements that equal the observed one up to rounding count as equal."""


def sign_flip_test(differences: ArrayLike, *, seed: int = 0) -> float:
    """p of "the differences are symmetric about zero"; each could as well have the other sign.

    Where all nonzero differences have one size, this is the exact McNemar (sign) test.
    """
    if is_values_only():
        return math.nan
    found = np.asarray(differences, np.float64)
    found = found[found != 0]
    if not len(found):
        return 1.0
    sizes = np.abs(found)
    if np.ptp(sizes) <= _SLACK * sizes.max():
        fewer = min(int((found > 0).sum()), int((found < 0).sum()))
        return min(1.0, 2 * float(bdtr(fewer, len(found), 0.5)))
    observed = abs(float(found.sum()))
    if 2 ** len(found) <= EXACT:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(found))))
        return _share(np.abs(signs @ found), observed)
    return _random_flips(found.tobytes(), observed, seed, MANY)


@lru_cache(maxsize=64)
def _random_flips(differences: bytes, observed: float, seed: int, many: int) -> float:
    """Cached, because one p is shown at several numbers."""
    found, rng = np.frombuffer(differences, np.float64), np.random.default_rng(seed)
    if len(found) > many:
        kinds, number = np.unique(np.abs(found), return_counts=True)
        if len(kinds) <= len(found) / 4:
            flipped = (rng.binomial(number, 0.5, (rows, len(kinds))) for rows in _blocks(len(kinds)))
            return monte_carlo_p((np.abs((2 * each - number) @ kinds) for each in flipped), observed)
    blocks = (np.abs((rng.integers(0, 2, (rows, len(found))) * 2.0 - 1.0) @ found) for rows in _blocks(len(found)))
    return monte_carlo_p(blocks, observed)


def two_sample_test(first: ArrayLike, second: ArrayLike, *, seed: int = 0) -> float:
    """p of "both come from one population", by the difference of means; any value could be in either group."""
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if not len(one) or not len(other) or is_values_only():
        return math.nan
    pooled, k = np.concatenate([one, other]), len(one)
    total = float(pooled.sum())

    def distance(sums: Floats) -> Floats:
        return np.abs(sums / k - (total - sums) / len(other))

    observed = float(distance(one.sum(keepdims=True))[0])
    if math.comb(len(pooled), k) <= EXACT:
        picked = np.array(list(combinations(range(len(pooled)), k)))
        return _share(distance(pooled[picked].sum(axis=1)), observed)
    rng = np.random.default_rng(seed)
    if len(pooled) > MANY:
        kinds, number = np.unique(pooled, return_counts=True)
        if len(kinds) <= len(pooled) / 4:
            drawn = (
                rng.multivariate_hypergeometric(number, k, rows, method="marginals") for rows in _blocks(len(kinds))
            )
            return monte_carlo_p((distance(each @ kinds) for each in drawn), observed)
    blocks = (
        distance(rng.permuted(np.tile(pooled, (rows, 1)), axis=1)[:, :k].sum(axis=1)) for rows in _blocks(len(pooled))
    )
    return monte_carlo_p(blocks, observed)


def monte_carlo_p(simulated: Iterable[Floats], observed: float) -> float:
    """The share of simulated values, in blocks of any size, that are at least as large as the observed one.

    The observed value counts as one of them, so p is never zero.
    """
    reached = number = 0
    for block in simulated:
        reached += _count_reached(block, observed)
        number += len(block)
    return (1 + reached) / (1 + number)


def parity_test(counts: ArrayLike, statistic: Callable[[Floats], Floats], *, seed: int = 0) -> float:
    """p of "within each cluster the classes are exchangeable" (men and women are pictured equally often).

    ``counts`` is clusters x classes. ``statistic`` maps totals of shape (..., classes) to a departure from parity of
    shape (...), larger meaning further away; an arrangement renames the classes of each cluster independently.
    """
    if is_values_only():
        return math.nan
    table = np.asarray(counts, np.float64)
    table = table[np.ptp(table, axis=1) > 0]  # renaming equal counts changes nothing
    if not len(table):
        return 1.0
    clusters, classes = table.shape
    observed = float(statistic(np.asarray(counts, np.float64).sum(axis=0)[None, :])[0])
    constant = np.asarray(counts, np.float64).sum(axis=0) - table.sum(axis=0)
    names = np.array(list(permutations(range(classes))))
    if clusters * math.log(len(names)) <= math.log(EXACT):  # their power may be beyond any float
        picked = np.array(list(product(range(len(names)), repeat=clusters)))
        return _share(statistic(_renamed(table, names[picked]) + constant), observed)
    rng = np.random.default_rng(seed)
    if clusters > MANY:
        kinds, number = np.unique(table, axis=0, return_counts=True)
        if len(kinds) * len(names) <= clusters / 4:
            even = np.full(len(names), 1 / len(names))
            totals = sum(
                rng.multinomial(each, even, ARRANGEMENTS) @ kind[names]
                for kind, each in zip(kinds, number, strict=True)
            )
            return monte_carlo_p([statistic(np.asarray(totals) + constant)], observed)
    blocks = (
        statistic(_renamed(table, names[rng.integers(len(names), size=(rows, clusters))]) + constant)
        for rows in _blocks(clusters * classes)
    )
    return monte_carlo_p(blocks, observed)


def _renamed(table: Floats, names: NDArray[np.intp]) -> Floats:
    """Totals by class after renaming; ``names`` is arrangements x clusters x classes."""
    return np.asarray(np.take_along_axis(table[None, :, :], names, axis=2).sum(axis=1))


def _blocks(width: int) -> Iterator[int]:
    block = max(1, min(ARRANGEMENTS, _BLOCK // width))
    for done in range(0, ARRANGEMENTS, block):
        yield min(block, ARRANGEMENTS - done)


def _count_reached(found: Floats, observed: float) -> int:
    return int((found >= observed - _SLACK * max(1.0, abs(observed))).sum())


def _share(found: Floats, observed: float) -> float:
    return _count_reached(found, observed) / len(found)
