"""Approval gaps: values by hand, and where there is none."""

import math

import pytest

from mmdt.stats.fairness.approvals import ApprovalGap, MeanApprovalGap
from tests.perspectives.fairness.rows import duplicated, row, sample


def approval(group, favoured, other, attribute="gender"):
    return (row(group, **{f"{attribute}_favoured": favoured}), row(group, **{f"{attribute}_other": other}))


def test_approval_gaps_by_hand():
    pairs = [approval("a", 1, 0), approval("b", 1, 1), approval("c", 0, 0), approval("d", 1, 0)]
    data = sample(*(each for pair in pairs for each in pair))
    gap = ApprovalGap("gender")(data)
    assert gap.value == pytest.approx(3 / 4 - 1 / 4)
    assert gap.clusters == 4
    assert MeanApprovalGap()(data).value == pytest.approx(0.5)
    back = [
        each
        for name, one, two in (("a", 0, 1), ("b", 1, 1), ("c", 0, 0), ("d", 0, 1))
        for each in approval(name, one, two)
    ]
    assert ApprovalGap("gender")(sample(*back)).value == pytest.approx(-0.5)
    assert ApprovalGap("gender")(duplicated(data)).value == pytest.approx(0.5)


def test_equal_approvals_are_fair_with_a_wide_interval():
    data = sample(*(each for n in range(12) for each in approval(f"p{n}", 1, 1)))
    gap = ApprovalGap("gender")(data)
    assert gap.value == 0
    assert -0.5 < gap.low < 0 < gap.high < 0.5


@pytest.mark.filterwarnings("error")
def test_approvals_of_one_side_alone_have_no_gap():
    gap = ApprovalGap("gender")(sample(*(row(f"p{n}", gender_favoured=1) for n in range(5))))
    assert math.isnan(gap.value) and math.isnan(gap.low) and math.isnan(gap.high)


def test_a_mean_gap_reports_an_absent_attribute():
    """Where all answers for one side failed the gap in gender must not pass for both; where the data has none it may,
    and says so."""
    rows = [each for n in range(4) for each in approval(f"p{n}", 1, n % 2)]
    assert MeanApprovalGap()(sample(*rows)).extra == {}
    rows += [row(f"q{n}", race_favoured=1) for n in range(4)]
    alone = MeanApprovalGap()(sample(*rows))
    assert (alone.value, alone.extra) == (pytest.approx(0.5), {"absent": 1})
    failed = MeanApprovalGap()(sample(*rows, row("q0", outcome="missing")))
    assert math.isnan(failed.value)
    assert failed.extra == {"absent": 1, "mean_of_present": pytest.approx(0.5)}
