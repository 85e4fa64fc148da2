from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from mmdt.errors import UsageError
from mmdt.stats.people.detection import auc, best_threshold, roc, spearman
from tests.simulation import Simulation, runs


def planted(rng, n=200, repeats=1, shift=1.5):
    """Scores of copies are higher by ``shift`` standard deviations; outputs of a case share half of their noise."""
    copies = (rng.random(n) < 0.4).astype(float)
    shared = np.repeat(rng.normal(size=n // repeats), repeats) if repeats > 1 else 0
    noise = rng.normal(size=n) if repeats == 1 else (shared + rng.normal(size=n)) / np.sqrt(2)
    return copies * shift + noise, copies, np.repeat(np.arange(n // repeats), repeats).tolist()


def test_spearman_and_auc_are_those_of_scipy_and_sklearn():
    scores, copies, cases = planted(np.random.default_rng(0))
    scores = scores.round(1)  # with ties
    assert spearman(scores, copies, cases).value == pytest.approx(stats.spearmanr(scores, copies).statistic)
    assert auc(scores, copies, cases).value == pytest.approx(roc_auc_score(copies, scores))


@runs(60, 1_000)
@pytest.mark.parametrize("repeats", [1, 4])
def test_the_interval_of_the_auc_covers(repeats, runs, evidence):
    truth = stats.norm.cdf(1.5 / np.sqrt(2))
    found = []
    for seed in range(runs):
        each = auc(*planted(np.random.default_rng(seed), 120, repeats))
        found.append((each.low, each.high))
    simulation = Simulation.of(found, truth)
    evidence(f"AUC of 120 outputs, {repeats} a case", simulation)
    assert simulation.holds(0.93), simulation


def test_spearmans_interval_holds_its_value_and_narrows():
    few, many = (spearman(*planted(np.random.default_rng(1), n)) for n in (40, 400))
    assert few.low < few.value < few.high
    assert many.high - many.low < few.high - few.low


def test_a_perfect_order_of_few_is_not_certain():
    found = auc(np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.0, 0, 1, 1]), range(4))
    assert found.value == 1
    assert found.low < 0.9


def test_one_kind_of_output_has_no_curve():
    assert np.isnan(auc(np.array([0.1, 0.2]), np.ones(2), range(2)).value)
    assert np.isnan(spearman(np.array([0.1, 0.2, 0.3]), np.ones(3), range(3)).value)
    with pytest.raises(UsageError, match="positive and outputs"):
        best_threshold(np.array([0.1, 0.2]), np.ones(2), range(2))


def test_the_best_threshold_lies_between_the_kinds():
    scores = np.concatenate([np.linspace(0, 0.4, 50), np.linspace(0.6, 1, 50)])
    found = best_threshold(scores, np.repeat([0.0, 1.0], 50), range(100))
    assert 0.4 < found.value < 0.6
    assert (found.sensitivity, found.specificity, found.error.value) == (1, 1, 0)
    assert found.error.high > 0


def test_a_threshold_fitted_to_noise_is_no_better_than_chance():
    rng = np.random.default_rng(5)
    found = best_threshold(rng.random(300), (rng.random(300) < 0.5).astype(float), range(300))
    assert found.sensitivity + found.specificity > 1.0  # on the labels that chose it
    assert found.error.low < 0.5 < found.error.high + 0.05


def test_the_curve_ends_at_the_corner():
    scores, copies, _ = planted(np.random.default_rng(2))
    curve = roc(scores, copies)
    assert curve[-1][1:] == (1, 1)
    assert all(one[1] <= two[1] and one[2] <= two[2] for one, two in pairwise(curve))
