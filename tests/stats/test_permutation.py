import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from mmdt.stats import permutation
from mmdt.stats.permutation import parity_test, sign_flip_test, two_sample_test


def gap(totals):
    return np.abs(totals[..., 0] - totals[..., 1])


def test_sign_flips_counted_by_hand():
    # of the 8 sign patterns of 1, 2, 3 the sums 6 and -6 are as far as 6; sums 4 and beyond: 6, 4, -4, -6
    assert sign_flip_test([1, 2, 3]) == 2 / 8
    assert sign_flip_test([-1, 2, 3]) == 4 / 8
    assert sign_flip_test([0, 0, 0]) == 1


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 5))
def test_equal_sizes_give_the_exact_mcnemar_test(up, down, ties):
    found = sign_flip_test([1] * up + [-1] * down + [0] * ties)
    assert found == pytest.approx(binomtest(up, up + down).pvalue if up + down else 1)


def test_random_flips_come_near_the_exact_answer():
    values = np.arange(1, 15) * np.array([1, 1, 1, -1] * 3 + [1, 1])
    exact = sign_flip_test(values)
    more = np.concatenate([values, np.full(40, 1e-9)])  # too many to count out, too small to matter
    assert sign_flip_test(more, seed=1) == pytest.approx(exact, abs=0.015)
    assert sign_flip_test(more, seed=1) == sign_flip_test(more, seed=1)


def test_two_samples_counted_by_hand():
    # of the 6 ways to pick two of 1, 2, 8, 9 two are as far apart as {1, 2} and {8, 9}
    assert two_sample_test([1, 2], [8, 9]) == pytest.approx(2 / 6)
    assert two_sample_test([5, 5], [5, 5, 5]) == 1
    assert math.isnan(two_sample_test([], [1]))


def test_large_samples_are_shuffled():
    rng = np.random.default_rng(2)
    values = rng.normal(0, 1, 80)
    assert two_sample_test(values[:40] + 1, values[40:], seed=3) < 0.01
    assert two_sample_test(values[:40], values[40:], seed=3) > 0.05


def test_parity_of_two_classes_is_a_sign_flip_of_their_difference():
    counts = np.array([[5, 0], [3, 2], [4, 1], [5, 0]])
    assert parity_test(counts, gap) == sign_flip_test(counts[:, 0] - counts[:, 1])


def test_clusters_that_are_even_change_nothing():
    assert parity_test([[2, 2], [3, 3]], gap) == 1
    assert parity_test([[5, 0], [5, 0], [2, 2]], gap) == 0.5


def test_parity_of_four_classes():
    def unevenness(totals):
        return totals.var(axis=-1)

    even = np.tile(np.eye(4) * 5, (5, 1))
    assert parity_test(even, unevenness, seed=4) == 1
    assert parity_test(np.tile([5, 0, 0, 0], (10, 1)), unevenness, seed=4) < 0.001


@pytest.mark.parametrize("clusters", [6, 30])
def test_p_values_are_uniform_enough_under_parity(clusters):
    rng = np.random.default_rng(5)
    found = []
    for seed in range(120):
        men = rng.binomial(5, rng.beta(2, 2, clusters))
        found.append(parity_test(np.column_stack([men, 5 - men]), gap, seed=seed))
    assert np.mean(np.array(found) <= 0.05) <= 0.09
    assert 0.4 < np.mean(found) < 0.68


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9), st.integers(1, 5))
def test_sign_and_scale_do_not_matter(values, scale):
    p = sign_flip_test(values)
    assert 0 < p <= 1
    assert sign_flip_test([-v for v in values]) == sign_flip_test([scale * v for v in values]) == pytest.approx(p)


class TestClustersThatAreAlike:
    """Drawn together, they give the p that they give one by one, up to the noise of 9,999 arrangements each."""

    def both(self, monkeypatch, test):
        one_by_one = test()
        monkeypatch.setattr(permutation, "MANY", 100)
        together = test()
        assert together != one_by_one, "the other way was taken"
        noise = math.sqrt(2 * max(one_by_one * (1 - one_by_one), 1e-3) / permutation.ARRANGEMENTS)
        assert together == pytest.approx(one_by_one, abs=4 * noise)

    @pytest.mark.parametrize("shift", [0.0, 0.02, 0.05])
    def test_signs(self, monkeypatch, shift):
        rng = np.random.default_rng(7)
        values = rng.choice([0.25, 0.5, 1.0, 2.0], 600) * np.where(rng.random(600) < 0.5 + shift, 1, -1)
        self.both(monkeypatch, lambda: sign_flip_test(values, seed=3))

    @pytest.mark.parametrize("shift", [0.0, 0.03, 0.06])
    def test_two_samples(self, monkeypatch, shift):
        rng = np.random.default_rng(8)
        first, second = rng.binomial(3, 0.4 + shift, 500), rng.binomial(3, 0.4, 300)
        self.both(monkeypatch, lambda: two_sample_test(first, second, seed=3))

    @pytest.mark.parametrize("classes", [2, 3])
    @pytest.mark.parametrize("shift", [0.0, 0.02])
    def test_parity(self, monkeypatch, classes, shift):
        rng = np.random.default_rng(9)
        chances = np.full(classes, 1 / classes) + shift * (np.arange(classes) - (classes - 1) / 2)
        table = rng.multinomial(3, chances, 800)

        def unevenness(totals):
            return totals.var(axis=-1)

        self.both(monkeypatch, lambda: parity_test(table, unevenness, seed=3))

    def test_values_that_all_differ_are_drawn_one_by_one(self, monkeypatch):
        values = np.random.default_rng(10).normal(0.05, 1, 400)
        expected = sign_flip_test(values, seed=3)
        monkeypatch.setattr(permutation, "MANY", 100)
        assert sign_flip_test(values, seed=3) == expected


@pytest.mark.parametrize("classes", [2, 4])
def test_the_arrangements_of_thousands_of_clusters_cannot_be_counted_and_are_drawn(classes):
    even = np.tile(np.eye(classes) * 5, (2_000, 1))
    assert parity_test(even, lambda totals: totals.var(axis=-1), seed=4) == 1
