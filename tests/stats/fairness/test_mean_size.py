"""The mean size of several signed estimates: by hand, and when it has no value."""

import math

import pytest

from mmdt.core.estimate import Estimate
from mmdt.stats.fairness.mean_size import mean_size
from tests.perspectives.fairness.rows import row

GENDER = Estimate("gender", -0.4, -0.6, -0.2, n=10, clusters=5, method="one")
AGE = Estimate("age", 0.1, -0.1, 0.3, n=20, clusters=4, method="other")
NO_RACE = Estimate("race", math.nan, math.nan, math.nan, n=0, clusters=0)
ROWS = [row("a")]
FAILED = [row("a"), row("b", outcome="missing")]


def test_by_hand():
    found = mean_size("unfairness", {"gender": GENDER, "age": AGE}, ROWS, in_data=["gender", "age"])
    assert found.value == pytest.approx((0.4 + 0.1) / 2)
    assert (found.low, found.high) == (pytest.approx((0.2 + 0) / 2), pytest.approx((0.6 + 0.3) / 2))
    assert (found.n, found.clusters, found.direction, found.extra) == (20, 5, "lower", {})
    assert found.method == "mean of size intervals (conservative), one and other"


def test_parts_with_outputs_of_their_own_add_up():
    found = mean_size("unfairness", {"gender": GENDER, "age": AGE}, ROWS, in_data=["gender", "age"], pool=sum)
    assert (found.n, found.clusters) == (30, 9)


def test_a_part_that_the_data_does_not_have_is_ignored():
    found = mean_size("unfairness", {"gender": GENDER, "race": NO_RACE}, ROWS, in_data=["gender"])
    assert (found.value, found.extra) == (0.4, {})


def test_a_part_without_a_value_is_counted():
    found = mean_size("unfairness", {"gender": GENDER, "race": NO_RACE}, ROWS, in_data=["gender", "race"])
    assert (found.value, found.extra) == (0.4, {"absent": 1})


@pytest.mark.parametrize(("rows", "always_complete"), [(FAILED, False), (ROWS, True)])
def test_the_rest_does_not_pass_for_all_parts(rows, always_complete):
    parts = {"gender": GENDER, "race": NO_RACE}
    found = mean_size("unfairness", parts, rows, in_data=list(parts), always_complete=always_complete)
    assert math.isnan(found.value) and math.isnan(found.low)
    assert found.extra == {"absent": 1, "mean_of_present": pytest.approx(0.4)}
    assert found.missing == len(rows) - 1


def test_no_part_with_a_value_gives_none():
    found = mean_size("unfairness", {"race": NO_RACE}, FAILED, in_data=["race"])
    assert math.isnan(found.value)
    assert (found.n, found.missing, found.extra) == (0, 1, {})
