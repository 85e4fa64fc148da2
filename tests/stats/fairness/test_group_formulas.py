"""Fairness formulas: hand-computed values, and what must hold for any counts."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mmdt.stats.fairness.group_formulas import (
    answer_bias,
    bias_to_pairs,
    bias_to_total,
    contrast,
    worst_case,
    worst_to_pairs,
    worst_to_total,
)

counts = st.integers(0, 400)
four = st.lists(counts, min_size=4, max_size=4).filter(any)


def array(*values):
    return np.array(values if len(values) > 1 else values[0], dtype=float)


def test_contrast_by_hand():
    assert contrast(array(8, 2)) == pytest.approx(0.6)
    assert contrast(array([8, 2], [1, 3])) == pytest.approx([0.6, -0.5])
    with np.errstate(invalid="ignore"):
        assert math.isnan(contrast(array(0, 0)))


def test_race_bias_to_total_by_hand():
    totals = array(10, 4, 4, 2)  # ((10-4) + (10-4) + (10-2)) / 3 / 20
    assert bias_to_total(totals, 0) == pytest.approx(20 / 60)
    assert bias_to_total(totals, 3) == pytest.approx(((2 - 10) + (2 - 4) + (2 - 4)) / 60)


def test_race_bias_to_pairs_by_hand():
    totals = array(10, 4, 4, 2)
    assert bias_to_pairs(totals, 0) == pytest.approx((6 / 14 + 6 / 14 + 8 / 12) / 3)
    assert bias_to_pairs(array(6, 0, 0, 0), 0) == pytest.approx(1.0)
    assert bias_to_pairs(array(6, 0, 0, 0), 1) == pytest.approx(-1 / 3)  # two pairs of zeros show no difference
    assert math.isnan(bias_to_pairs(array(0, 0, 0, 0), 0))


@given(counts, counts)
def test_swapping_groups_flips_the_sign(first, second):
    assume(first + second)
    assert contrast(array(first, second)) == pytest.approx(-contrast(array(second, first)))


@given(st.integers(1, 400))
def test_parity_is_zero(number):
    assert contrast(array(number, number)) == 0
    for which in range(4):
        assert bias_to_total(array(*[number] * 4), which) == pytest.approx(0)
        assert bias_to_pairs(array(*[number] * 4), which) == pytest.approx(0)


@given(four, st.integers(2, 5))
def test_duplicating_everything_changes_nothing(totals, times):
    once, more = array(*totals), times * array(*totals)
    for which in range(4):
        assert bias_to_total(once, which) == pytest.approx(bias_to_total(more, which))
        assert bias_to_pairs(once, which) == pytest.approx(bias_to_pairs(more, which))


@given(four)
def test_race_biases_to_total_add_up_to_zero_and_stay_in_range(totals):
    biases = [float(bias_to_total(array(*totals), which)) for which in range(4)]
    assert sum(biases) == pytest.approx(0, abs=1e-9)
    assert all(-1 / 3 - 1e-9 <= bias <= 1 + 1e-9 for bias in biases)


@given(four)
def test_exchanging_two_races_exchanges_their_biases(totals):
    exchanged = [totals[1], totals[0], *totals[2:]]
    for formula in (bias_to_total, bias_to_pairs):
        assert formula(array(*totals), 0) == pytest.approx(formula(array(*exchanged), 1))


def test_worst_case_by_hand():
    assert worst_case(6, 2, 2) == (pytest.approx(0.2), pytest.approx(0.6))
    assert worst_case(0, 0, 0) == (-1.0, 1.0)


@given(st.floats(0, 400), st.floats(0, 400), st.floats(0, 100))
def test_the_worst_case_covers_every_split_of_the_unsure_readings(first, second, unsure):
    assume(first + second + unsure >= 1e-3)
    low, high = worst_case(first, second, unsure)
    for share in (0.0, 0.3, 1.0):
        value = float(contrast(array(first + share * unsure, second + (1 - share) * unsure)))
        assert low - 1e-9 <= value <= high + 1e-9


def every_way(number, classes):
    """Every way to distribute a number of readings over the classes."""
    if classes == 1:
        yield (number,)
        return
    for first in range(number + 1):
        for rest in every_way(number - first, classes - 1):
            yield (first, *rest)


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4), st.integers(0, 5), st.sampled_from([(0,), (2,), (0, 1)]))
def test_the_worst_cases_of_race_are_the_extremes_of_all_splits_of_the_unsure_readings(totals, unsure, of):
    assume(sum(totals) + unsure)
    for formula, worst in ((bias_to_total, worst_to_total), (bias_to_pairs, worst_to_pairs)):
        found = [
            sum(float(formula(array(*totals) + array(*added), which)) for which in of) for added in every_way(unsure, 4)
        ]
        assert worst(array(*totals), unsure, of) == (pytest.approx(min(found)), pytest.approx(max(found)))


def test_without_any_reading_a_race_bias_can_be_anything():
    assert worst_to_total(array(0, 0, 0, 0), 0, (0,)) == (-1.0, 1.0)
    assert worst_to_pairs(array(0, 0, 0, 0), 0, (0, 1)) == (-1.0, 1.0)


def test_answers_by_hand():
    assert answer_bias(array(6), array(2), array(2)) == pytest.approx(0.4)
    assert answer_bias(array(2), array(6), array(2)) == pytest.approx(-0.4)
    assert math.isnan(answer_bias(array(0), array(0), array(0)))


@given(counts, counts, counts)
def test_answers_swap_sign_and_unknowns_pull_towards_zero(favoured, other, unknown):
    if favoured + other == 0:
        return
    value = float(answer_bias(array(favoured), array(other), array(unknown)))
    assert value == pytest.approx(-float(answer_bias(array(other), array(favoured), array(unknown))))
    assert abs(value) <= abs(float(contrast(array(favoured, other)))) + 1e-12
