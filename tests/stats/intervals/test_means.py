import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from mmdt.errors import UsageError
from mmdt.stats.intervals.clusters import cluster_totals, cr2_variance, degrees_of_freedom
from mmdt.stats.intervals.means import bounded_interval, mean_estimate, mean_interval, unit_interval
from mmdt.stats.intervals.wilson import wilson

UP = "higher"
grouped = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),  # Newcombe (1998, Statistics in Medicine 17), table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_values(k, n, low, high):
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy(counts):
    k, n = counts
    theirs = binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_of_nothing_is_unknown():
    assert all(math.isnan(limit) for limit in wilson(0, 0))


def test_equal_clusters_give_the_t_interval_of_their_means():
    sums, sizes = cluster_totals([1, 2, 3, 4, 5, 6], "aabbcc")
    # cluster means 1.5, 3.5, 5.5: standard deviation 2, standard error 2 / sqrt(3), t with 2 degrees of freedom 4.30265
    assert cr2_variance(sums, sizes) == pytest.approx(4 / 3)
    assert degrees_of_freedom(sizes) == pytest.approx(2)
    half = 4.302653 * 2 / math.sqrt(3)
    assert mean_interval(sums, sizes) == pytest.approx((3.5 - half, 3.5 + half), abs=1e-5)


def test_variance_and_degrees_of_freedom_of_unequal_clusters_follow_the_matrix_formula():
    """Bell and McCaffrey's definitions with matrices, against the closed forms."""
    sizes = np.array([1.0, 2.0, 5.0])
    values = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0])
    n, start = 8, np.array([0, 1, 3, 8])
    residual_maker = np.eye(n) - np.ones((n, n)) / n
    residuals = residual_maker @ values
    columns, variance = [], 0.0
    for first, last in pairwise(start):
        block = np.eye(last - first) - np.ones((last - first, last - first)) / n
        eigenvalues, vectors = np.linalg.eigh(block)
        adjustment = vectors @ np.diag(eigenvalues**-0.5) @ vectors.T
        weights = adjustment @ np.ones(last - first) / n
        variance += (weights @ residuals[first:last]) ** 2
        columns.append(residual_maker[:, first:last] @ weights)
    eigenvalues = np.linalg.eigvalsh(np.column_stack(columns).T @ np.column_stack(columns))
    sums = np.array([3.0, 5.0, 23.0])
    assert cr2_variance(sums, sizes) == pytest.approx(variance)
    assert degrees_of_freedom(sizes) == pytest.approx(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())


def test_signed_values_of_independent_pairs_give_bonett_and_price():
    """50 pairs, 8 lost and 2 won: with one pair added either way (9 - 3) / 52."""
    sums = np.array([1.0] * 8 + [-1.0] * 2 + [0.0] * 40)
    half = 2.007584 * math.sqrt((12 / 52 - (6 / 52) ** 2) / 51)  # t with 51 degrees of freedom
    assert bounded_interval(sums, np.ones(50), (-1, 1)) == pytest.approx((6 / 52 - half, 6 / 52 + half), abs=1e-6)


def test_independent_zero_one_values_take_wilsons_interval():
    found = mean_estimate("m", [1, 0, 0, 0, 1], "abcde", direction=UP)
    assert (found.low, found.high) == wilson(2, 5)
    assert (found.value, found.n, found.clusters, found.method) == (0.4, 5, 5, "Wilson")


def test_identical_repeats_count_once_and_independent_ones_nearly_in_full():
    clusters = np.repeat(np.arange(40), 5)
    alike = mean_estimate("m", np.repeat([1] * 10 + [0] * 30, 5), clusters, direction=UP)
    assert (alike.low, alike.high) == pytest.approx(wilson(10, 40))
    unlike = mean_estimate("m", [1, 0, 0, 0, 0] * 40, clusters, direction=UP)
    once = wilson(40, 200)
    assert 1 <= (unlike.high - unlike.low) / (once[1] - once[0]) < 1.1


def test_no_event_in_repeated_cases_counts_cases_not_repeats():
    found = mean_estimate("m", [0] * 100, np.repeat(np.arange(20), 5), direction="lower")
    assert found.low == 0
    assert wilson(0, 100)[1] < found.high <= wilson(0, 20)[1]


def test_one_cluster_is_one_observation_for_bounded_values_and_nothing_for_others():
    assert mean_estimate("m", [1, 1, 0, 1], "aaaa", direction=UP).high == pytest.approx(wilson(0.75, 1)[1])
    unbounded = mean_estimate("m", [3.0, 4.0], "aa", direction=UP, bounds=None)
    assert unbounded.value == 3.5
    assert math.isnan(unbounded.low)


def test_equal_bounded_values_still_have_an_interval_and_equal_unbounded_ones_none():
    soft = mean_estimate("m", [0.5] * 20, range(20), direction=UP)
    assert 0.3 < soft.low < 0.5 < soft.high < 0.7
    assert math.isnan(mean_estimate("m", [7.0] * 20, range(20), direction=UP, bounds=None).high)


def test_nan_is_missing_and_bounds_what_the_mean_could_be():
    found = mean_estimate("m", [1, math.nan, 0, 1], "abcd", direction=UP, missing=1)
    assert (found.value, found.n, found.missing) == (pytest.approx(2 / 3), 3, 2)
    assert found.extra == pytest.approx({"if_missing_low": 2 / 5, "if_missing_high": 4 / 5})


def test_only_missing_values_have_no_mean_but_full_bounds():
    found = mean_estimate("m", [math.nan], "a", direction=UP)
    assert math.isnan(found.value) and math.isnan(found.low) and math.isnan(found.high)
    assert found.extra == {"if_missing_low": 0.0, "if_missing_high": 1.0}


def test_a_value_outside_its_bounds_is_an_error_that_names_the_metric():
    with pytest.raises(UsageError, match=r"the value 12 is outside 0 to 1 \(metric km\)"):
        mean_estimate("km", [0.5, 12.0], "ab", direction=UP)
    with pytest.raises(UsageError, match="infinite"):
        mean_estimate("km", [math.inf], "a", direction=UP, bounds=None)


@given(grouped)
def test_limits_enclose_the_value_within_the_bounds(rows):
    found = mean_estimate("m", [y for y, _ in rows], [c for _, c in rows], direction=UP)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6)), min_size=1, max_size=40))
def test_limits_enclose_soft_and_signed_values_too(rows):
    values, clusters = [y for y, _ in rows], [c for _, c in rows]
    soft = mean_estimate("m", values, clusters, direction=UP)
    assert 0 <= soft.low <= soft.value <= soft.high <= 1
    signed = mean_estimate("m", [2 * y - 1 for y in values], clusters, direction=UP, bounds=(-1, 1))
    assert -1 <= signed.low <= signed.value + 1e-12 and signed.value - 1e-12 <= signed.high <= 1


@given(grouped)
def test_swapping_zero_and_one_mirrors_the_interval(rows):
    clusters = [c for _, c in rows]
    one = mean_estimate("m", [y for y, _ in rows], clusters, direction=UP)
    other = mean_estimate("m", [1 - y for y, _ in rows], clusters, direction=UP)
    assert (1 - other.high, 1 - other.low) == pytest.approx((one.low, one.high))


@given(grouped)
def test_the_same_values_in_new_clusters_narrow_the_interval(rows):
    values, clusters = [y for y, _ in rows], [c for _, c in rows]
    once = mean_estimate("m", values, clusters, direction=UP)
    again = mean_estimate(
        "m", values * 3, clusters + [c + 10 for c in clusters] + [c + 20 for c in clusters], direction=UP
    )
    assert again.value == pytest.approx(once.value)
    assert again.high - again.low < once.high - once.low


@given(grouped)
def test_duplicates_in_the_same_clusters_change_no_value_and_narrow_little(rows):
    values, clusters = [y for y, _ in rows], [c for _, c in rows]
    once = mean_estimate("m", values, clusters, direction=UP)
    twice = mean_estimate("m", values * 2, clusters * 2, direction=UP)
    assert twice.value == pytest.approx(once.value)
    at_best = unit_interval(*cluster_totals(values * 2, range(2 * len(values))), binary=True)
    assert twice.high - twice.low >= at_best[1] - at_best[0] - 1e-9


@given(grouped, st.randoms(use_true_random=False))
def test_order_and_names_of_clusters_do_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    one = mean_estimate("m", [y for y, _ in rows], [c for _, c in rows], direction=UP)
    other = mean_estimate("m", [y for y, _ in shuffled], [f"c{c}" for _, c in shuffled], direction=UP)
    assert (other.low, other.high) == pytest.approx((one.low, one.high))
