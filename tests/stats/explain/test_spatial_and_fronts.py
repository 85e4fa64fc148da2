"""Spatial skill by relation, objects and size against chance; fronts of trade-offs over models."""

import math

import pytest

from mmdt.core.cell import Cell
from mmdt.core.estimate import Estimate
from mmdt.core.score import Score, Scored
from mmdt.core.trade_off import Side, TradeOff
from mmdt.stats.explain.front import placed, widened
from mmdt.stats.explain.spatial import clopper_pearson, spatial
from mmdt.stats.scorecard import Result
from mmdt.stats.tally import Tally
from mmdt.stats.trade_offs import Coordinate, Point


def answers(address, n, right, target, guess=True):
    values = {"guess": 0.25} if guess else {}
    for number in range(n):
        scored = Scored(
            f"{address}{number}", Cell.parse(address), "", 0, Score({**values, "right": float(number < right)})
        )
        yield scored, target


def test_every_relation_number_of_objects_and_size_is_a_slice():
    rows = [
        *answers("hallucination/i2t/natural/spatial", 20, 5, {"answer": "left", "objects": ["cat", "dog"]}),
        *answers(
            "hallucination/t2i/natural/spatial", 40, 0, {"relations": ["left", "above"], "objects": ["a", "b", "c"]}
        ),
        *answers("ood/t2i/original/size", 10, 10, {"size": "larger"}, guess=False),
        *answers("hallucination/i2t/natural/count", 10, 10, {"answer": "left"}),
    ]
    found = {(each.scenario, each.kind, each.value): each for each in spatial(rows)}
    assert set(found) == {
        ("hallucination/i2t/natural", "all", "spatial"), ("hallucination/i2t/natural", "relation", "left"),
        ("hallucination/i2t/natural", "objects", "2"), ("hallucination/t2i/natural", "all", "spatial"),
        ("hallucination/t2i/natural", "relation", "left"), ("hallucination/t2i/natural", "relation", "above"),
        ("hallucination/t2i/natural", "objects", "3"), ("ood/t2i/original", "all", "size"),
        ("ood/t2i/original", "size", "larger"),
    }  # fmt: skip
    at_chance = found["hallucination/i2t/natural", "relation", "left"]
    assert at_chance.above_chance.value == 0 and at_chance.above_chance.low < 0 < at_chance.above_chance.high
    none = found["hallucination/t2i/natural", "relation", "above"].accuracy
    assert (none.value, none.low) == (0, 0) and none.high == pytest.approx(1 - 0.025 ** (1 / 40))  # exact at zero
    unknown = found["ood/t2i/original", "size", "larger"]
    assert unknown.above_chance is None and math.isnan(unknown.chance)


def test_exact_limits_are_clopper_and_pearsons():
    from scipy.stats import binomtest

    for hits, n in ((0, 10), (3, 10), (10, 10), (7, 200)):
        expected = binomtest(hits, n).proportion_ci(0.95, "exact")
        assert clopper_pearson(hits, n) == pytest.approx((expected.low, expected.high))


def point(model, across, up, arm=0.02):
    trade = TradeOff("fairness/t2i/trade-off", "Trade-off", Side("a", "a", ()), Side("u", "u", ()))
    sides = [
        Coordinate(
            Result(name, "summary", name, Tally(), (), name),
            Estimate(name, value, value - arm, value + arm, 100, 100, direction="lower"),
        )
        for name, value in (("a", across), ("u", up))
    ]
    return Point(model, trade, *sides)


def test_the_front_of_models_and_who_is_surely_behind_it():
    found = {
        each.model: each
        for each in placed(
            [point("fair", 0.1, 0.5), point("true", 0.5, 0.1), point("bad", 0.6, 0.6), point("near", 0.51, 0.11)]
        )
    }
    assert found["fair"].place == found["true"].place == "on the front"
    assert (found["bad"].place, found["bad"].by) == ("behind the front", "fair")
    assert found["near"].place == "may be on the front"  # "true" is better in both, within noise


def test_a_joint_region_is_wider_than_the_intervals():
    [alone] = placed([point("one", 0.3, 0.3)])
    assert alone.place == "on the front"
    assert alone.region.across == pytest.approx((0.3 - 0.02 * 1.1436, 0.3 + 0.02 * 1.1436), abs=1e-4)
    assert widened(Estimate("a", 0.3, 0.28, 0.32, 9, 9), 0.05) == pytest.approx((0.28, 0.32))
