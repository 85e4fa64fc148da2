import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.stats.intervals.bootstrap import bootstrap_estimate, bootstrap_interval
from tests.simulation import Simulation, runs


def bias(totals):
    return (totals[..., 0] - totals[..., 1]) / (totals[..., 0] + totals[..., 1])


def mean(totals):
    return totals[..., 0] / totals[..., 1]


def test_the_value_is_the_statistic_of_all_outputs():
    faces = [[1, 0]] * 8 + [[0, 1]] * 2 + [[0, 0]]
    found = bootstrap_estimate("bias", faces, "aabbccddeeu", bias, direction="lower", seed=1, missing=1)
    assert found.value == pytest.approx(0.6)
    assert (found.n, found.clusters, found.missing, found.method) == (11, 6, 1, "BCa bootstrap")
    assert -1 <= found.low < 0.6 < found.high <= 1


def test_a_seed_gives_one_interval_and_another_gives_nearly_the_same():
    sums = np.random.default_rng(0).poisson(5, (40, 2)).astype(float)
    one, again, other = (bootstrap_interval(sums, bias, seed=seed) for seed in (1, 1, 2))
    assert one == again != other
    assert one == pytest.approx(other, abs=0.02)


def test_percentile_limits_of_two_clusters_by_enumeration():
    """Resamples of {0, 1} have mean 0, 1/2 or 1; the outer quantiles are 0 and 1."""
    sums = np.array([[0.0, 1.0], [1.0, 1.0]])
    assert bootstrap_interval(sums, mean, seed=3, method="percentile") == (0.0, 1.0)


def test_a_symmetric_sample_gives_the_t_interval_nearly():
    values = np.concatenate([np.linspace(-1, 1, 60), [0.0]])
    sums = np.column_stack([values, np.ones_like(values)])
    half = 2.0003 * values.std(ddof=1) / math.sqrt(len(values))  # t with 60 degrees of freedom
    for method in ("bca", "percentile"):
        assert bootstrap_interval(sums, mean, seed=4, method=method) == pytest.approx((-half, half), abs=0.02)


def test_bca_leans_where_the_sample_is_skewed():
    values = np.random.default_rng(5).exponential(1, 50)
    sums = np.column_stack([values, np.ones_like(values)])
    plain, leaning = (bootstrap_interval(sums, mean, seed=6, method=method) for method in ("percentile", "bca"))
    assert leaning[1] > plain[1] and leaning[0] > plain[0]


@pytest.mark.parametrize("sums", [[[3.0, 1.0]], [[3.0, 0.0]] * 9, [[0.0, 0.0]] * 9, [[1.0, 0.0]] + [[0.0, 0.0]] * 9])
def test_no_interval_where_resamples_do_not_vary(sums):
    """One cluster; no spread; nothing defined; hardly ever defined."""
    assert all(math.isnan(limit) for limit in bootstrap_interval(np.array(sums), bias, seed=7))


def test_many_clusters_are_drawn_in_blocks():
    sums = np.column_stack([np.random.default_rng(8).random(30_000), np.ones(30_000)])
    low, high = bootstrap_interval(sums, mean, seed=9, resamples=400)
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(1 / 12 / 30_000), rel=0.15)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=15), st.integers(0, 99))
def test_swapping_the_groups_flips_the_sign_and_limits_enclose_the_value(counts, seed):
    sums = np.array(counts, float)
    one, other = (
        bootstrap_interval(each, bias, seed=seed, resamples=200, method="percentile") for each in (sums, sums[:, ::-1])
    )
    assert (-other[1], -other[0]) == pytest.approx(one, nan_ok=True)
    if not math.isnan(one[0]):
        assert -1 <= one[0] <= bias(sums.sum(axis=0)) <= one[1] <= 1


@pytest.mark.parametrize(("clusters", "a", "b"), [(8, 2, 2), (25, 8, 2), (60, 2, 2)])
@runs(60, 2000)
def test_coverage_of_a_bias_clustered_by_prompt(clusters, a, b, runs, evidence):
    """Within two percentage points: a bootstrap of few clusters is a little narrow."""
    rng, truth, intervals = np.random.default_rng(10), 2 * a / (a + b) - 1, []
    for seed in range(runs):
        sizes = rng.integers(3, 6, clusters)
        men = rng.binomial(sizes, rng.beta(a, b, clusters))
        table = np.column_stack([men, sizes - men]).astype(float)
        intervals.append(bootstrap_interval(table, bias, seed=seed, resamples=600))
    found = Simulation.of(intervals, truth)
    assert found.holds(0.93) and found.width < {8: 1.1, 25: 0.41, 60: 0.35}[clusters], found
    evidence(f"A bias over {clusters} prompts, bootstrapped", found)
