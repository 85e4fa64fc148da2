import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.stats.intervals.clusters import cluster_totals
from mmdt.stats.intervals.means import mean_estimate, unit_interval
from mmdt.stats.intervals.strata import stratified_interval
from mmdt.stats.intervals.wilson import wilson
from tests.simulation import Simulation, runs

rows = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8), st.sampled_from("abc")), min_size=1, max_size=40)


def estimate(found, clusters=None, **more):
    values, own, strata = ([each[i] for each in found] for i in range(3))
    return mean_estimate("m", values, clusters or own, direction="higher", strata=strata, **more)


def test_independent_outputs_by_hand():
    """Two tasks of ten, 1 and 8 right: drawn by one output of rate 0.45 to 1.45 / 11 and 8.45 / 11."""
    values = np.array([1] + [0] * 9 + [1] * 8 + [0] * 2, float)
    first, second = 1.45 / 11, 8.45 / 11
    within = (first * (1 - first) + second * (1 - second)) / 2 * (1 + 1 / 11)
    effective = 20 * 0.45 * 0.55 / within
    found = stratified_interval(values, range(20), ["a"] * 10 + ["b"] * 10, binary=True)
    assert effective > 27
    assert found == pytest.approx(wilson(0.45 * effective, effective))


def test_tasks_of_one_rate_change_hardly_anything():
    values = np.tile([1.0] * 3 + [0.0] * 7, 6)
    strata = np.repeat(list("abc"), 20).tolist()
    assert stratified_interval(values, range(60), strata, binary=True) == pytest.approx(wilson(18, 60), abs=0.004)


def test_tasks_that_are_all_right_and_all_wrong_are_not_certain():
    found = estimate([(1, i, "a") for i in range(20)] + [(0, i + 20, "b") for i in range(20)])
    assert found.value == 0.5
    assert 0.05 < found.high - found.low < 0.6 * (wilson(20, 40)[1] - wilson(20, 40)[0])


def test_no_event_at_all_is_wilsons_interval():
    found = estimate([(0, i, "ab"[i % 2]) for i in range(50)])
    assert (found.low, found.high) == wilson(0, 50)


@given(st.lists(st.tuples(st.integers(1, 12), st.floats(0.1, 10)), min_size=1, max_size=5))
def test_outputs_that_are_all_alike_are_alike_whatever_their_weights(cells):
    """With weights the mean of ones may be less than 1 by rounding, and no stratum has any spread."""
    strata = np.repeat(np.arange(len(cells)), [count for count, _ in cells])
    weights = np.array([weight for _, weight in cells])[strata]
    weights = weights / weights.mean()
    n = len(strata)
    low, high = stratified_interval(np.ones(n), np.arange(n), strata, binary=True, weights=weights)
    none, most = stratified_interval(np.zeros(n), np.arange(n), strata, binary=True, weights=weights)
    assert (1 - most, 1 - none) == pytest.approx((low, high), abs=1e-9)
    shares = np.bincount(strata, weights) / n
    effective = 1 / float((shares**2 / np.bincount(strata)).sum()) if np.ptp(weights) else n
    assert (low, high) == pytest.approx(wilson(effective, effective), abs=1e-9)


def test_one_stratum_is_no_stratification():
    values, clusters = [1, 0, 0, 1, 1], "aabbc"
    plain = mean_estimate("m", values, clusters, direction="higher")
    assert mean_estimate("m", values, clusters, direction="higher", strata="ttttt") == plain


def test_strata_follow_the_values_that_are_known():
    known = [(1, i, "a") for i in range(9)] + [(0, i + 9, "b") for i in range(9)]
    more = [(float("nan"), 99, "c"), *known]
    one, other = estimate(known), estimate(more)
    assert (other.value, other.n, other.missing) == (one.value, 18, 1)
    assert other.low < one.low < one.high < other.high  # whatever the missing one is


@given(rows)
def test_limits_enclose_the_value_and_mirror_when_swapped(found):
    one = estimate(found)
    other = estimate([(1 - y, c, s) for y, c, s in found])
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert one.low < one.high
    assert (1 - other.high, 1 - other.low) == pytest.approx((one.low, one.high))


@given(rows)
def test_strata_of_independent_outputs_never_widen(found):
    clusters = list(range(len(found)))
    one = estimate(found, clusters)
    plain = wilson(sum(y for y, _, _ in found), len(found))
    assert one.high - one.low <= plain[1] - plain[0] + 1e-12


RATES = np.array([0.02, 0.1, 0.2, 0.4, 0.8])


def _nested(rng, clusters, repeats):
    """Cases of one task each, repeated, the repeats alike to 0.3."""
    rates = rng.beta(RATES * 7 / 3, (1 - RATES) * 7 / 3, (clusters, 5)).T
    values = (rng.random((5, clusters, repeats)) < rates[:, :, None]).astype(float).ravel()
    cases, tasks = np.arange(len(values)) // repeats, np.arange(len(values)) // (repeats * clusters)
    return values, cases.tolist(), tasks.tolist()


def _crossed(rng, clusters, repeats):
    """Pictures about which every task asks once; pictures differ in how hard they are."""
    hard = rng.normal(0, 1, (clusters, 1))
    values = (1 / (1 + np.exp(-(np.log(RATES / (1 - RATES)) + hard))) > rng.random((clusters, 5))).astype(float)
    return values.ravel(), np.repeat(np.arange(clusters), 5).tolist(), np.tile(np.arange(5), clusters).tolist()


@pytest.mark.parametrize(("make", "clusters", "repeats"), [(_nested, 20, 1), (_nested, 25, 3), (_crossed, 40, 1)])
@runs(100, 3000)
def test_coverage_where_tasks_differ(make, clusters, repeats, runs, evidence):
    rng = np.random.default_rng(6)
    truth = np.mean([make(rng, 4000, repeats)[0].mean() for _ in range(20)])
    intervals, narrower = [], []
    for _ in range(runs):
        values, groups, strata = make(rng, clusters, repeats)
        low, high = stratified_interval(values, groups, strata, binary=True)
        plain = unit_interval(*cluster_totals(values, groups), binary=True)
        intervals.append((low, high))
        narrower.append((high - low) / (plain[1] - plain[0]))
    found = Simulation.of(intervals, truth)
    assert found.holds(), found
    assert np.mean(narrower) < (0.9 if make is _nested else 1.02)
    kind = "of one task each" if make is _nested else "in every task"
    evidence(f"Tasks that differ, {clusters} cases {kind}, asked {repeats} times", found)
