"""Differences of two means over the same clusters: published values, invariants, and coverage where bootstraps fail."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.stats.intervals.bootstrap import bootstrap_interval
from mmdt.stats.intervals.difference import difference_interval
from mmdt.stats.intervals.means import unit_interval
from tests.simulation import Simulation, runs

RUNS = 1000


def paired(both, first, second, neither):
    """So many pairs of which both, one, the other or neither succeeded."""
    one = np.repeat([1.0, 1.0, 0.0, 0.0], [both, first, second, neither])
    other = np.repeat([1.0, 0.0, 1.0, 0.0], [both, first, second, neither])
    return difference_interval((one, np.ones(len(one))), (other, np.ones(len(other))), binary=True)


def test_values_published_for_method_ten():
    """The example of 36, 12, 2 and 0 pairs in Newcombe (1998)."""
    assert paired(36, 12, 2, 0) == pytest.approx((0.0569, 0.3404), abs=5e-5)


def test_independent_sides_are_squares_and_adds():
    """Without any correlation the arms of the two Wilson intervals add up as squares do."""
    ones, zeros = np.ones(25), np.zeros(25)
    first = (np.tile([1.0, 0.0], 25), np.ones(50))
    second = (np.concatenate([np.tile([1.0, 1.0], 13), np.tile([0.0, 0.0], 12)]), np.ones(50))
    (low, high), (other_low, other_high) = (unit_interval(*side, binary=True) for side in (first, second))
    expected = (
        0.5 - 0.52 - math.hypot(0.5 - low, other_high - 0.52),
        0.5 - 0.52 + math.hypot(high - 0.5, 0.52 - other_low),
    )
    assert difference_interval(first, second, binary=True) == pytest.approx(expected)
    low, high = difference_interval((ones, ones), (zeros, ones), binary=True)
    assert 0.7 < low < high == 1


def test_a_side_without_outputs_has_no_difference():
    ones = np.ones(4)
    assert all(map(math.isnan, difference_interval((ones, ones), (ones * 0, ones * 0), binary=True)))


def test_clusters_that_have_one_side_only_count_for_that_side():
    one, other = (
        (np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 1.0, 1.0, 0.0])),
        (np.zeros(4), np.array([0, 0, 1, 1.0])),
    )
    low, high = difference_interval(one, other, binary=True)
    assert -1 <= low <= 2 / 3 <= high <= 1


clusters = st.lists(st.tuples(*[st.integers(0, 3)] * 4), min_size=3, max_size=12)


@given(clusters)
def test_swapping_the_sides_mirrors_the_limits_which_hold_the_value(counts):
    table = np.array([[min(a, m), m, min(b, n), n] for a, m, b, n in counts], float)
    first, second = (table[:, 0], table[:, 1]), (table[:, 2], table[:, 3])
    low, high = difference_interval(first, second, binary=True)
    back_low, back_high = difference_interval(second, first, binary=True)
    if not table[:, 1].sum() or not table[:, 3].sum():
        assert math.isnan(low) and math.isnan(back_high)
        return
    assert (back_low, back_high) == pytest.approx((-high, -low))
    value = table[:, 0].sum() / table[:, 1].sum() - table[:, 2].sum() / table[:, 3].sum()
    assert -1 <= low <= value + 1e-12 and value - 1e-12 <= high <= 1


def draws(rng, clusters, size, rates, alike):
    """Cluster totals of both sides; with the probability ``alike`` an output falls on its cluster's own dice."""
    own = rng.random((clusters, 1, 1))
    dice = np.where(rng.random((clusters, size, 2)) < alike, own, rng.random((clusters, size, 2)))
    sums = (dice < np.array(rates)).sum(axis=1).astype(float)
    sizes = np.full(clusters, float(size))
    return (sums[:, 0], sizes), (sums[:, 1], sizes)


@runs(100, 3000)
@pytest.mark.parametrize(("clusters", "size"), [(20, 1), (40, 1), (20, 5)])
def test_coverage(clusters, size, runs, evidence):
    """At every design at least what Wilson itself holds at its worst, 95 % over all of them."""
    rng, found = np.random.default_rng(31), []
    for rates in ((0.7, 0.4), (0.6, 0.6), (0.95, 0.9), (0.05, 0.3), (0.98, 0.98)):
        for alike in (0.0, 0.6):
            intervals = (
                difference_interval(*draws(rng, clusters, size, rates, alike), binary=True) for _ in range(runs)
            )
            found.append(Simulation.of(intervals, rates[0] - rates[1]))
    assert all(each.holds(0.94) for each in found), [*map(str, found)]
    total = Simulation.pooled(found)
    assert total.holds() and total.width < 0.45, total
    evidence(f"Differences of rates, {clusters} clusters x {size}: 10 designs", total)
    evidence(
        f"Differences of rates, {clusters} clusters x {size}: the worst", min(found, key=lambda each: each.coverage)
    )


@runs(100, 1000)
def test_a_bootstrap_does_not_hold_its_level_where_nearly_all_succeed(runs, evidence):
    """Why these intervals are not bootstrapped."""
    rng = np.random.default_rng(32)
    samples = [draws(rng, 14, 1, (0.95, 0.9), 0.0) for _ in range(runs)]
    tables = [np.column_stack([*first, *second]) for first, second in samples]
    gap = [
        bootstrap_interval(each, lambda t: t[..., 0] / t[..., 1] - t[..., 2] / t[..., 3], seed=1, resamples=1000)
        for each in tables
    ]
    bootstrapped = Simulation.of(gap, 0.05)
    ours = Simulation.of((difference_interval(*each, binary=True) for each in samples), 0.05)
    assert not bootstrapped.holds(0.94) and bootstrapped.coverage < 0.88
    assert ours.holds(), ours
    evidence("A difference where nearly all succeed", ours)
    evidence("A difference where nearly all succeed: bootstrap", bootstrapped)


@runs(200, 5000)
def test_opposite_sides_of_one_answer(runs, evidence):
    """Favoured or other, at most one of them: the correlation is negative and widens the interval."""
    rng, found = np.random.default_rng(33), []
    for _ in range(runs):
        dice = rng.random((30, 2))
        first, second = (dice < 0.25).mean(axis=1), (dice > 0.85).mean(axis=1)
        found.append(difference_interval((first, np.ones(30)), (second, np.ones(30)), binary=False))
    total = Simulation.of(found, 0.1)
    assert total.holds() and total.width < 0.42, total
    evidence("A difference of opposite sides of one answer", total)
