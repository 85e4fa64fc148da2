"""Simulations: do the intervals hold what they promise? Seeded, so that a failure is a change of the code."""

import numpy as np
import pytest

from mmdt.stats.intervals.means import bounded_interval, mean_interval, unit_interval
from tests.simulation import Simulation, runs

DESIGNS = {
    "20 cases x 5": np.full(20, 5),
    "50 cases x 3": np.full(50, 3),
    "unequal": np.array([1] * 20 + [4] * 8 + [20] * 2),
}


def _beta_binomial(rng, sizes, p, alike):
    """Cluster totals with the intra-cluster correlation ``alike``."""
    if alike == 0:
        rates = np.full(len(sizes), p)
    elif alike == 1:
        rates = (rng.random(len(sizes)) < p).astype(float)
    else:
        rates = rng.beta(p * (1 - alike) / alike, (1 - p) * (1 - alike) / alike, len(sizes))
    return rng.binomial(sizes, rates).astype(float)


@runs(60, 3000)
@pytest.mark.parametrize("design", DESIGNS)
def test_clustered_proportions_keep_their_level(design, runs, evidence):
    """At every rate and likeness no less than Wilson itself holds at its worst, 95 % over all of them."""
    rng, sizes = np.random.default_rng(20), DESIGNS[design]
    found = []
    for p in (0.02, 0.1, 0.3, 0.5):
        for alike in (0, 0.2, 0.6, 1):
            totals = (_beta_binomial(rng, sizes, p, alike) for _ in range(runs))
            intervals = (unit_interval(each, sizes.astype(float), binary=True) for each in totals)
            found.append(Simulation.of(intervals, p))
    assert all(each.holds(0.92) for each in found), [*map(str, found)]
    total = Simulation.pooled(found)
    assert total.holds(), total
    assert total.width < {"20 cases x 5": 0.33, "50 cases x 3": 0.21, "unequal": 0.35}[design], total
    evidence(f"Clustered proportions, {design}: 16 rates and likenesses", total)
    evidence(f"Clustered proportions, {design}: the worst of 16", min(found, key=lambda each: each.coverage))


@runs(100, 3000)
def test_the_naive_interval_does_not_keep_it(runs, evidence):
    """Why clusters matter: all outputs of a case alike, and Wilson's interval as if they were independent."""
    rng, sizes = np.random.default_rng(21), np.full(20, 5)
    totals = [_beta_binomial(rng, sizes, 0.3, 1) for _ in range(runs)]
    naive = Simulation.of((unit_interval(np.repeat(each / 5, 5), np.ones(100), binary=True) for each in totals), 0.3)
    assert not naive.holds() and naive.coverage < 0.75
    evidence("Wilson's interval where outputs of a case are alike", naive)


@runs(200, 3000)
@pytest.mark.parametrize("n", [10, 30, 100])
@pytest.mark.parametrize("perfect", [0.9, 0.6])
def test_soft_scores_that_are_mostly_perfect_are_covered_where_t_fails(n, perfect, runs, evidence):
    rng = np.random.default_rng(22)
    truth = perfect + (1 - perfect) / 2
    draws = [np.where(rng.random(n) < perfect, 1.0, rng.random(n)) for _ in range(runs)]
    sizes = np.ones(n)
    ours = Simulation.of((unit_interval(each, sizes, binary=False) for each in draws), truth)
    student = Simulation.of((mean_interval(each, sizes) for each in draws), truth)
    assert ours.holds(), ours
    assert ours.width < 1.1 * student.width or not student.holds(), (ours, student)
    if perfect == 0.9 and n < 100:
        assert not student.holds() and student.coverage < ours.coverage
    evidence(f"Soft scores, {n} outputs, {100 * perfect:g} % perfect", ours)
    evidence(f"Soft scores, {n} outputs, {100 * perfect:g} % perfect: Student's t", student)


@runs(200, 6000)
@pytest.mark.parametrize("clusters", [6, 30])
def test_unbounded_means_of_very_unequal_clusters(clusters, runs, evidence):
    """Within a percentage point: the degrees of freedom assume that outputs of a cluster are not very alike."""
    rng = np.random.default_rng(23)
    sizes = np.resize([1, 2, 3, 10], clusters)
    intervals = []
    for _ in range(runs):
        shared = rng.normal(5, 1, clusters)
        sums = sizes * shared + rng.normal(0, 1, clusters) * np.sqrt(sizes)
        intervals.append(mean_interval(sums, sizes.astype(float)))
    found = Simulation.of(intervals, 5)
    assert found.holds(0.94), found
    assert found.width < {6: 4.5, 30: 1.5}[clusters], found
    evidence(f"Means of {clusters} very unequal clusters", found)


@runs(100, 3000)
@pytest.mark.parametrize(("lost", "won"), [(0.1, 0.02), (0.3, 0.1), (0.02, 0.0)])
@pytest.mark.parametrize(("groups", "size"), [(60, 1), (30, 3)])
def test_paired_differences(groups, size, lost, won, runs, evidence):
    rng, sizes = np.random.default_rng(24), np.full(groups, float(size))
    intervals = []
    for _ in range(runs):
        draws = rng.random((groups, size))
        sums = ((draws < lost).astype(float) - (draws > 1 - won)).sum(axis=1)
        intervals.append(bounded_interval(sums, sizes, (-1, 1)))
    found = Simulation.of(intervals, lost - won)
    assert found.holds(), found
    assert found.width < 0.4, found
    evidence(f"Paired differences, {groups} groups x {size}: {100 * lost:g} % lost, {100 * won:g} % won", found)
