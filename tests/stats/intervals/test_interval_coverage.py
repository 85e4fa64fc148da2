"""Simulations: do the intervals hold what they promise? Seeded, so that a failure is a change of the code."""

import numpy as np
import pytest

from mmdt.stats.intervals.means import bounded_interval, mean_interval, unit_interval

RUNS = 600
DESIGNS = {
    "20 cases x 5": np.full(20, 5),
    "50 cases x 3": np.full(50, 3),
    "unequal": np.array([1] * 20 + [4] * 8 + [20] * 2),
}


def _covered(intervals, truth):
    return float(np.mean([low - 1e-9 <= truth <= high + 1e-9 for low, high in intervals]))


def _beta_binomial(rng, sizes, p, alike):
    """Cluster totals with the intra-cluster correlation ``alike``."""
    if alike == 0:
        rates = np.full(len(sizes), p)
    elif alike == 1:
        rates = (rng.random(len(sizes)) < p).astype(float)
    else:
        rates = rng.beta(p * (1 - alike) / alike, (1 - p) * (1 - alike) / alike, len(sizes))
    return rng.binomial(sizes, rates).astype(float)


@pytest.mark.parametrize("sizes", DESIGNS.values(), ids=DESIGNS.keys())
def test_clustered_proportions_keep_their_level(sizes):
    """At every rate and likeness no less than Wilson itself holds for few trials, 95 % and a little more on average."""
    rng = np.random.default_rng(20)
    shares = []
    for p in (0.02, 0.1, 0.3, 0.5):
        for alike in (0, 0.2, 0.6, 1):
            totals = (_beta_binomial(rng, sizes, p, alike) for _ in range(RUNS))
            intervals = [unit_interval(each, sizes.astype(float), binary=True) for each in totals]
            shares.append(_covered(intervals, p))
    assert min(shares) > 0.90
    assert 0.945 < np.mean(shares) < 0.985


def test_the_naive_interval_does_not_keep_it():
    """Why clusters matter: all outputs of a case alike, and Wilson's interval as if they were independent."""
    rng, sizes = np.random.default_rng(21), np.full(20, 5)
    totals = [_beta_binomial(rng, sizes, 0.3, 1) for _ in range(RUNS)]
    naive = [unit_interval(np.repeat(each / 5, 5), np.ones(100), binary=True) for each in totals]
    assert _covered(naive, 0.3) < 0.75


@pytest.mark.parametrize("n", [10, 30, 100])
@pytest.mark.parametrize("perfect", [0.9, 0.6])
def test_soft_scores_that_are_mostly_perfect_are_covered_where_t_fails(n, perfect):
    rng = np.random.default_rng(22)
    truth = perfect + (1 - perfect) / 2
    draws = [np.where(rng.random(n) < perfect, 1.0, rng.random(n)) for _ in range(RUNS)]
    sizes = np.ones(n)
    kept = _covered([unit_interval(each, sizes, binary=False) for each in draws], truth)
    assert 0.93 < kept < 0.99
    if perfect == 0.9:
        assert _covered([mean_interval(each, sizes) for each in draws], truth) < min(kept, 0.935)


@pytest.mark.parametrize("clusters", [6, 30])
def test_unbounded_means_of_very_unequal_clusters(clusters):
    """Within about a percentage point: the degrees of freedom assume that outputs of a cluster are not very alike."""
    rng = np.random.default_rng(23)
    sizes = np.resize([1, 2, 3, 10], clusters)
    intervals = []
    for _ in range(RUNS * 2):
        shared = rng.normal(5, 1, clusters)
        sums = sizes * shared + rng.normal(0, 1, clusters) * np.sqrt(sizes)
        intervals.append(mean_interval(sums, sizes.astype(float)))
    assert 0.925 < _covered(intervals, 5) < 0.985


@pytest.mark.parametrize(("lost", "won"), [(0.1, 0.02), (0.3, 0.1), (0.02, 0.0)])
@pytest.mark.parametrize("sizes", [np.ones(60), np.full(30, 3.0)], ids=["pairs", "30 groups x 3"])
def test_paired_differences(sizes, lost, won):
    rng = np.random.default_rng(24)
    intervals = []
    for _ in range(RUNS):
        draws = rng.random((len(sizes), int(sizes[0])))
        sums = ((draws < lost).astype(float) - (draws > 1 - won)).sum(axis=1)
        intervals.append(bounded_interval(sums, sizes, (-1, 1)))
    assert _covered(intervals, lost - won) > 0.94
