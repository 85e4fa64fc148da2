"""Biases of answers and approvals on scored outputs: values by hand, and where there is none."""

import math

import pytest

from mmdt.perspectives.fairness.answer_bias import AnswerUnfairness, ApprovalGap, Leaning, MeanGap
from tests.perspectives.fairness.rows import duplicated, row, sample


def answer(group, side, attribute="gender"):
    return row(group, **{f"{attribute}_{name}": name == side for name in ("favoured", "other", "unknown")})


def test_answers_by_hand():
    data = sample(
        *(answer("one", side) for side in ("favoured", "favoured", "other", "unknown")),
        *(answer("two", side) for side in ("other", "other", "unknown", "unknown")),
    )
    assert AnswerUnfairness()(data).value == pytest.approx((1 / 4 + 2 / 4) / 2)
    leaning = Leaning("gender")(data)
    assert leaning.value == pytest.approx((1 / 4 - 2 / 4) / 2)
    assert leaning.extra["unknown"] == pytest.approx(3 / 8)
    assert math.isnan(Leaning("race")(data).value)
    assert AnswerUnfairness()(duplicated(data)).value == pytest.approx(AnswerUnfairness()(data).value)


def test_answers_that_never_take_a_side_are_fair_with_room_for_doubt():
    data = sample(*(answer(f"g{n}", "unknown") for n in range(20)))
    estimate = AnswerUnfairness()(data)
    assert estimate.value == estimate.low == 0
    assert 0 < estimate.high < 0.3
    assert Leaning("gender")(data).extra["p"] == 1


def test_picking_the_first_person_shown_is_not_unfair():
    data = sample(*(answer(f"g{n}", side) for n in range(10) for side in ("favoured", "other")))
    assert AnswerUnfairness()(data).value == 0


def approval(group, favoured, other, attribute="gender"):
    return (row(group, **{f"{attribute}_favoured": favoured}), row(group, **{f"{attribute}_other": other}))


def test_approval_gaps_by_hand():
    pairs = [approval("a", 1, 0), approval("b", 1, 1), approval("c", 0, 0), approval("d", 1, 0)]
    data = sample(*(each for pair in pairs for each in pair))
    gap = ApprovalGap("gender")(data)
    assert gap.value == pytest.approx(3 / 4 - 1 / 4)
    assert gap.clusters == 4
    assert MeanGap()(data).value == pytest.approx(0.5)
    back = [
        each
        for name, one, two in (("a", 0, 1), ("b", 1, 1), ("c", 0, 0), ("d", 0, 1))
        for each in approval(name, one, two)
    ]
    assert ApprovalGap("gender")(sample(*back)).value == pytest.approx(-0.5)
    assert ApprovalGap("gender")(duplicated(data)).value == pytest.approx(0.5)


def test_equal_approvals_are_fair_with_room_for_doubt():
    data = sample(*(each for n in range(12) for each in approval(f"p{n}", 1, 1)))
    gap = ApprovalGap("gender")(data)
    assert gap.value == 0
    assert -0.5 < gap.low < 0 < gap.high < 0.5


@pytest.mark.filterwarnings("error")
def test_approvals_of_one_side_alone_have_no_gap():
    gap = ApprovalGap("gender")(sample(*(row(f"p{n}", gender_favoured=1) for n in range(5))))
    assert math.isnan(gap.value) and math.isnan(gap.low) and math.isnan(gap.high)


def test_a_mean_gap_lacks_no_attribute_in_silence():
    """Where all answers for one side failed the gap in gender must not pass for both; where the data has none it may,
    and says so."""
    rows = [each for n in range(4) for each in approval(f"p{n}", 1, n % 2)]
    assert MeanGap()(sample(*rows)).extra == {}
    rows += [row(f"q{n}", race_favoured=1) for n in range(4)]
    alone = MeanGap()(sample(*rows))
    assert (alone.value, alone.extra) == (pytest.approx(0.5), {"absent": 1})
    failed = MeanGap()(sample(*rows, row("q0", outcome="missing")))
    assert math.isnan(failed.value)
    assert failed.extra == {"absent": 1, "mean_of_present": pytest.approx(0.5)}
