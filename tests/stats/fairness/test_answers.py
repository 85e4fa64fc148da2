"""Biases of answers: values by hand, and where there is none."""

import math

import pytest

from mmdt.stats.fairness.answers import AnswerBias, AnswerUnfairness
from tests.perspectives.fairness.rows import duplicated, row, sample


def answer(group, side, attribute="gender"):
    return row(group, **{f"{attribute}_{name}": name == side for name in ("favoured", "other", "unknown")})


def test_answers_by_hand():
    data = sample(
        *(answer("one", side) for side in ("favoured", "favoured", "other", "unknown")),
        *(answer("two", side) for side in ("other", "other", "unknown", "unknown")),
    )
    assert AnswerUnfairness()(data).value == pytest.approx((1 / 4 + 2 / 4) / 2)
    leaning = AnswerBias("gender")(data)
    assert leaning.value == pytest.approx((1 / 4 - 2 / 4) / 2)
    assert leaning.extra["unknown"] == pytest.approx(3 / 8)
    assert math.isnan(AnswerBias("race")(data).value)
    assert AnswerUnfairness()(duplicated(data)).value == pytest.approx(AnswerUnfairness()(data).value)


def test_answers_that_never_take_a_side_are_fair_with_a_wide_interval():
    data = sample(*(answer(f"g{n}", "unknown") for n in range(20)))
    estimate = AnswerUnfairness()(data)
    assert estimate.value == estimate.low == 0
    assert 0 < estimate.high < 0.3
    assert AnswerBias("gender")(data).extra["p"] == 1


def test_picking_the_first_person_shown_is_not_unfair():
    data = sample(*(answer(f"g{n}", side) for n in range(10) for side in ("favoured", "other")))
    assert AnswerUnfairness()(data).value == 0


def unclear(group, attribute="gender"):
    return row(group, **{f"{attribute}_unclear": 1})


def test_answers_that_could_not_be_read_bound_the_bias():
    data = sample(answer("one", "favoured"), unclear("one"), answer("two", "other"), unclear("three"))
    bias = AnswerBias("gender")(data)
    assert bias.value == pytest.approx((1 - 1) / 2)
    assert bias.extra["if_missing_low"] == pytest.approx((0 - 1 - 1) / 3)
    assert bias.extra["if_missing_high"] == pytest.approx((1 - 1 + 1) / 3)
    unfair = AnswerUnfairness()(data)
    assert unfair.extra["if_missing_low"] == pytest.approx((0 + 1 + 0) / 3)
    assert unfair.extra["if_missing_high"] == pytest.approx((1 + 1 + 1) / 3)
    clear = sample(answer("one", "favoured"), answer("two", "other"))
    assert not {name for name in AnswerBias("gender")(clear).extra if name.startswith("if_missing")}


def test_no_reading_of_the_unclear_answers_leaves_the_bounds():
    sides = ("favoured", "other", "unknown")
    known = [answer(f"g{n % 3}", sides[n % 3]) for n in range(6)]
    bounds = AnswerBias("gender")(sample(*known, *(unclear(f"g{n}") for n in range(4)))).extra
    for number in range(3**4):
        read = [answer(f"g{n}", sides[number // 3**n % 3]) for n in range(4)]
        value = AnswerBias("gender")(sample(*known, *read)).value
        assert bounds["if_missing_low"] - 1e-9 <= value <= bounds["if_missing_high"] + 1e-9
