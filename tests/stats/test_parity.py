"""Fairness formulas: hand-computed values, and what must hold for any counts."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mmdt.stats.parity import (
    EPS,
    answer_unfairness,
    bias_to_pairs,
    bias_to_total,
    contrast,
    individual,
    size_interval,
    worst_case,
    worst_to_pairs,
    worst_to_total,
)

counts = st.integers(0, 400)
four = st.lists(counts, min_size=4, max_size=4).filter(any)
quality = st.floats(0, 1)


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
    assert bias_to_pairs(array(6, 0, 0, 0), 1) == pytest.approx(-1 / 3)  # two pairs of noughts show no difference
    assert math.isnan(bias_to_pairs(array(0, 0, 0, 0), 0))


@given(counts, counts)
def test_swapping_groups_flips_the_sign(first, second):
    assume(first + second)
    assert contrast(array(first, second)) == pytest.approx(-contrast(array(second, first)))


@given(st.integers(1, 400))
def test_parity_is_nought(number):
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
def test_race_biases_to_total_add_up_to_nought_and_stay_in_range(totals):
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
def test_the_worst_case_holds_every_way_the_unsure_could_fall(first, second, unsure):
    assume(first + second + unsure >= 1e-3)
    low, high = worst_case(first, second, unsure)
    for share in (0.0, 0.3, 1.0):
        value = float(contrast(array(first + share * unsure, second + (1 - share) * unsure)))
        assert low - 1e-9 <= value <= high + 1e-9


def every_way(number, classes):
    """How many of so many readings each class may get."""
    if classes == 1:
        yield (number,)
        return
    for first in range(number + 1):
        for rest in every_way(number - first, classes - 1):
            yield (first, *rest)


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4), st.integers(0, 5), st.sampled_from([(0,), (2,), (0, 1)]))
def test_the_worst_cases_of_race_are_exactly_those_of_all_the_ways_to_share_out_the_unsure(totals, unsure, of):
    assume(sum(totals) + unsure)
    for formula, worst in ((bias_to_total, worst_to_total), (bias_to_pairs, worst_to_pairs)):
        found = [
            sum(float(formula(array(*totals) + array(*added), which)) for which in of) for added in every_way(unsure, 4)
        ]
        assert worst(array(*totals), unsure, of) == (pytest.approx(min(found)), pytest.approx(max(found)))


def test_nothing_is_known_of_race_without_any_reading():
    assert worst_to_total(array(0, 0, 0, 0), 0, (0,)) == (-1.0, 1.0)
    assert worst_to_pairs(array(0, 0, 0, 0), 0, (0, 1)) == (-1.0, 1.0)


def test_the_interval_of_a_size():
    assert size_interval(-0.1, 0.3) == (0.0, 0.3)
    assert size_interval(-0.4, -0.1) == (0.1, 0.4)
    assert size_interval(0.2, 0.5) == (0.2, 0.5)


def test_individual_by_hand():
    found = individual(array(0.8), array(0.9), array(0.6))  # a = 0.1, b = 0.2
    assert found.difference == pytest.approx(0.1)
    assert found.ratio == pytest.approx(2.0, rel=1e-6)
    assert found.published == pytest.approx(1.05, rel=1e-6)
    assert found.bounded == pytest.approx((0.1 + 0.1 / 0.31) / 2)
    assert not found.unstable


def test_the_published_ratio_explodes_where_the_bounded_one_does_not():
    found = individual(array(0.8), array(0.8), array(0.801))  # a = 0, b = 0.001
    assert found.ratio == pytest.approx(0.001 / EPS, rel=1e-3)
    assert found.bounded < 0.05
    assert found.unstable


@given(quality, quality)
def test_equal_distances_are_fair(neutral, varied):
    found = individual(array(neutral), array(varied), array(varied))
    assert found.difference == 0
    assert found.bounded == 0
    assert found.ratio <= 1  # the published ratio is one where both are equally off, and nought where neither is
    assert not found.unstable


@given(quality, quality, quality)
def test_individual_does_not_care_who_is_called_favoured(neutral, favoured, other):
    one = individual(array(neutral), array(favoured), array(other))
    swapped = individual(array(neutral), array(other), array(favoured))
    assert one.difference == pytest.approx(swapped.difference)
    assert one.published == pytest.approx(swapped.published)
    assert 0 <= one.bounded <= 1


def test_answers_by_hand():
    assert answer_unfairness(array(6), array(2), array(2)) == pytest.approx(0.4)
    assert answer_unfairness(array(2), array(6), array(2)) == pytest.approx(-0.4)
    assert math.isnan(answer_unfairness(array(0), array(0), array(0)))


@given(counts, counts, counts)
def test_answers_swap_sign_and_unknowns_pull_towards_nought(favoured, other, unknown):
    if favoured + other == 0:
        return
    value = float(answer_unfairness(array(favoured), array(other), array(unknown)))
    assert value == pytest.approx(-float(answer_unfairness(array(other), array(favoured), array(unknown))))
    assert abs(value) <= abs(float(contrast(array(favoured, other)))) + 1e-12
