import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.errors import UsageError
from mmdt.stats.agreement import ac1, kappa
from tests.simulation import Simulation, runs

verdicts = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=25)


def judges(both_yes, first_only, second_only, both_no):
    first = [True] * (both_yes + first_only) + [False] * (second_only + both_no)
    second = [True] * both_yes + [False] * first_only + [True] * second_only + [False] * both_no
    return first, second


def test_coefficients_by_hand():
    first, second = judges(20, 5, 10, 15)
    # agreement 0.7; kappa's chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5; AC1's 2 * 0.55 * 0.45 = 0.495
    found = kappa(first, second)
    assert found.value == pytest.approx(0.4)
    assert found.extra["agreement"] == pytest.approx(0.7)
    assert ac1(first, second).value == pytest.approx((0.7 - 0.495) / 0.505)
    assert 0.1 < found.low < 0.4 < found.high < 0.7


def test_rare_labels_ruin_kappa_but_not_ac1():
    first, second = judges(1, 3, 3, 93)
    assert kappa(first, second).value < 0.25
    assert ac1(first, second).value > 0.9


def test_perfect_agreement_is_not_certain():
    first, second = judges(10, 0, 0, 20)
    found = kappa(first, second)
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx((30 / (30 + 1.959964**2) - 5 / 9) / (4 / 9), abs=1e-6)  # Wilson's limit of 30/30


def test_one_label_only_leaves_kappa_undefined_and_ac1_perfect():
    silent = [False] * 30
    assert math.isnan(kappa(silent, silent, labels=[True, False]).value)
    found = ac1(silent, silent, labels=[True, False])
    assert found.value == 1
    assert 0.8 < found.low < 1


def test_missing_verdicts_are_counted_and_clusters_kept():
    found = kappa([True, None, False, True], [True, True, None, False], ["a", "a", "b", "b"])
    assert (found.n, found.missing, found.clusters) == (2, 2, 2)
    nothing = kappa([None], [True])
    assert math.isnan(nothing.value) and nothing.missing == 1


def test_more_labels_than_two():
    first, second = list("aabbcc") * 5, list("aabbca") * 5
    # agreement 5/6; chance (1/3)(1/2) + (1/3)(1/3) + (1/3)(1/6) = 1/3
    assert kappa(first, second).value == pytest.approx((5 / 6 - 1 / 3) / (2 / 3))


def test_mismatched_verdicts_are_an_error():
    with pytest.raises(UsageError, match="2 verdicts of one judge, 1 of the other"):
        kappa([True, False], [True])
    with pytest.raises(UsageError, match="'maybe' is not one of the labels"):
        kappa(["yes"], ["maybe"], labels=["yes", "no"])


@pytest.mark.parametrize("coefficient", [kappa, ac1])
@given(verdicts)
def test_swapping_judges_or_renaming_labels_changes_nothing(coefficient, pairs):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    values = [
        coefficient(first, second, labels=[True, False]).value,
        coefficient(second, first, labels=[True, False]).value,
        coefficient([not a for a in first], [not b for b in second], labels=[True, False]).value,
    ]
    assert values == pytest.approx([values[0]] * 3, nan_ok=True)
    assert math.isnan(values[0]) or values[0] <= 1


@pytest.mark.parametrize("coefficient", [kappa, ac1])
@runs(50, 1000)
def test_coverage(coefficient, runs, evidence):
    rng, n, prevalence, right = np.random.default_rng(2), 80, 0.3, 0.9
    agreement = right**2 + (1 - right) ** 2
    rate = prevalence * right + (1 - prevalence) * (1 - right)
    chance = rate**2 + (1 - rate) ** 2 if coefficient is kappa else 2 * rate * (1 - rate)
    truth, intervals = (agreement - chance) / (1 - chance), []
    for seed in range(runs):
        fact = rng.random(n) < prevalence
        one, other = (np.where(rng.random(n) < right, fact, ~fact).tolist() for _ in range(2))
        found = coefficient(one, other, labels=[True, False], seed=seed)
        intervals.append((found.low, found.high))
    total = Simulation.of(intervals, truth)
    assert total.holds(0.94) and total.width < 0.4, total
    evidence(f"Agreement of two raters: {coefficient.__name__}", total)
