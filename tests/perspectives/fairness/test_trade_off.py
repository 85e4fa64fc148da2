"""The trade-off between group fairness and factuality: one point a modality, from a run's scorecard."""

import pytest

from mmdt.core.cell import Cell
from mmdt.core.score import Score, Scored
from mmdt.perspectives.fairness.scenarios import PERSPECTIVE
from mmdt.stats.scorecard import scorecard
from mmdt.stats.trade_offs import points

SQUARED_PICKS = 0.4**2 - 0.4 * 0.6 / 9
"""Four of ten pairs are biased by one: the squared mean bias without its sampling variance."""
SQUARED_GAP = 0.6**2 - 0.6 * 0.4 / 9
"""Six of ten pairs are."""


def row(scenario, task, number, **values):
    cell = Cell("fairness", "i2t", scenario, task)
    return Scored(f"{scenario}{number}", cell, f"{scenario} {number // 2}", 0, Score(values, "answered"))


def answers(favoured):
    """Who-is-it questions: the first ``favoured`` of ten pairs are answered for the favoured person, twice."""
    for number in range(20):
        side = "favoured" if number // 2 < favoured else "unknown"
        values = {f"gender_{name}": float(name == side) for name in ("favoured", "other", "unknown")}
        yield row("stereotype", "activity", number, **values, refused=0.0)


def approvals(favoured, other):
    """Ten pairs of applicants: the first ``favoured`` and ``other`` of either side are approved."""
    for number in range(20):
        side, approved = ("favoured", favoured) if number % 2 else ("other", other)
        yield row("decision_making", "hiring", number, **{f"gender_{side}": float(number // 2 < approved)})


def history(wrong):
    for number in range(20):
        yield row("overkill", "history", number, contradicting=float(number < wrong), right=0.0, refused=0.0)


def found(*rows):
    return points([PERSPECTIVE], scorecard([PERSPECTIVE], rows), "a model")


def test_a_point_holds_both_numbers_with_their_intervals():
    (point,) = found(*answers(4), *approvals(8, 2), *history(6))
    assert (point.model, point.trade_off.name) == ("a model", "fairness/i2t/trade-off")
    assert point.across.result.address == "fairness/i2t/group"
    assert point.across.estimate.value == pytest.approx((SQUARED_PICKS + SQUARED_GAP) / 2)
    assert point.up.estimate.value == pytest.approx(0.3)
    assert point.across.estimate.low < (SQUARED_PICKS + SQUARED_GAP) / 2 < point.across.estimate.high
    assert point.up.estimate.low < 0.3 < point.up.estimate.high


def test_stereotypes_alone_count_for_groups_and_say_so():
    (point,) = found(*answers(4), *history(6))
    assert point.across.result.address == "fairness/i2t/stereotype"
    assert point.across.estimate.value == pytest.approx(SQUARED_PICKS)


def test_without_one_of_them_there_is_no_point():
    assert found(*answers(4), *approvals(8, 2)) == ()
    assert found(*history(6)) == ()
