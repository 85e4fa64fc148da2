"""What chance alone would show: against values computed by hand."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from mmdt.stats import chance
from mmdt.stats.chance import COIN_RUNS, SHUFFLES, against_chance, flip_coins, shuffle_groups


def test_fair_coins_by_hand():
    """Of two coins the size of the difference is 2, 0, 0, 2 of 2: on average one half. Of one coin it is always 1."""
    assert flip_coins(np.full(400, 2.0), np.full(400, 2.0)).mean() == pytest.approx(0.5, abs=0.01)
    assert flip_coins(np.array([1.0]), np.array([1.0])).tolist() == [1.0] * COIN_RUNS


def test_readings_that_took_no_side_shrink_the_differences():
    """Two of four took a side: half the differences of two of two. Where none took one there is no difference."""
    assert flip_coins(np.full(400, 2.0), np.full(400, 4.0)).mean() == pytest.approx(0.25, abs=0.01)
    assert flip_coins(np.zeros(3), np.ones(3)).max() == 0


def test_the_same_sample_gives_the_same_numbers():
    decided = np.array([3.0, 4.0])
    assert flip_coins(decided, decided).tolist() == flip_coins(decided, decided).tolist()


def test_shuffled_groups_by_hand():
    """Favoured 1 and other 0 swap places or do not: the gap is 1 or -1, half of the time each."""
    group = ([0.5], [1.0], [0.0])
    gaps = shuffle_groups([group], lambda neutral, favoured, other: favoured - other, seed=1)
    assert set(gaps.tolist()) == {-1.0, 1.0}
    assert gaps.mean() == pytest.approx(0, abs=0.1)
    assert len(gaps) == SHUFFLES


def test_equal_outputs_cannot_be_shuffled_into_a_difference():
    groups = [([0.2], [0.7, 0.7], [0.7]), ([0.4], [0.1], [0.1, 0.1])]
    assert np.abs(shuffle_groups(groups, lambda _, favoured, other: favoured - other, seed=1)).max() < 1e-12


def test_p_counts_the_observed_value_and_ties():
    simulated = np.array([0.1, 0.2, 0.3, 0.3])
    assert against_chance(simulated, 0.3) == pytest.approx({"chance": 0.225, "p": 3 / 5})
    assert against_chance(simulated, 0.3 + 1e-14)["p"] == pytest.approx(3 / 5), "up to rounding"
    assert against_chance(simulated, 0.5)["p"] == pytest.approx(1 / 5), "never zero"


@pytest.mark.parametrize("block", [1, 7, 30_000])
def test_coins_are_the_same_whatever_the_memory(monkeypatch, block):
    decided, totals = np.array([3.0, 0.0, 5.0, 2.0]), np.array([4.0, 2.0, 5.0, 2.0])
    expected = flip_coins(decided, totals)
    monkeypatch.setattr(chance, "BLOCK", block)
    assert np.array_equal(flip_coins(decided, totals), expected)


def test_coins_of_clusters_that_are_alike_have_the_same_distribution(monkeypatch):
    rng = np.random.default_rng(1)
    totals = rng.integers(1, 6, 400).astype(float)
    decided = rng.binomial(totals.astype(int), 0.8).astype(float)
    one_by_one = flip_coins(decided, totals)
    monkeypatch.setattr(chance, "MANY", 100)
    together = flip_coins(decided, totals)
    assert not np.array_equal(together, one_by_one), "the other way was taken"
    assert len(together) == COIN_RUNS
    assert ks_2samp(together, one_by_one).pvalue > 0.01
    assert together.mean() == pytest.approx(one_by_one.mean(), abs=4 * one_by_one.std() * np.sqrt(2 / COIN_RUNS))
    assert together.std() == pytest.approx(one_by_one.std(), rel=0.05)
