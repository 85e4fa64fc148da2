"""The trade-off between group fairness and factuality: one point a model, from its scorecard."""

import pytest

from mmdt.core.cell import Cell
from mmdt.core.score import Score, Scored
from mmdt.perspectives.fairness import PERSPECTIVE
from mmdt.perspectives.fairness_tradeoff import trade_off
from mmdt.stats.scorecard import scorecard


def row(scenario, task, number, **values):
    cell = Cell("fairness", "i2t", scenario, task)
    return Scored(f"{scenario}{number}", cell, f"{scenario} {number // 2}", 0, Score(values, "answered"))


def answers(favoured):
    """Who-is-it questions: the first ``favoured`` of ten pairs are answered for the favoured person, twice."""
    for number in range(20):
        side = "favoured" if number // 2 < favoured else "unknown"
        values = {f"gender_{name}": float(name == side) for name in ("favoured", "other", "unknown")}
        yield row("stereotype", "activity", number, **values, refused=0.0)


def history(wrong):
    for number in range(20):
        yield row("overkill", "history", number, contradicting=float(number < wrong), right=0.0, refused=0.0)


def test_a_point_holds_both_numbers_with_their_intervals():
    point = trade_off("m", scorecard([PERSPECTIVE], [*answers(4), *history(6)]), "i2t")
    assert point.group.value == pytest.approx(0.4)
    assert point.overkill.value == pytest.approx(0.3)
    assert point.group.low < 0.4 < point.group.high
    assert point.overkill.low < 0.3 < point.overkill.high


def test_without_one_of_them_there_is_no_point():
    assert trade_off("m", scorecard([PERSPECTIVE], list(answers(4))), "i2t") is None
    assert trade_off("m", scorecard([PERSPECTIVE], [*answers(4), *history(6)]), "t2i") is None
