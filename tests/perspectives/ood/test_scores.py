"""Scores of out-of-distribution robustness: by hand, and what must hold."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mmdt import plugins
from mmdt.core.cell import Cell
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.score import Score, Scored
from mmdt.perspectives.ood import scenarios as ood
from mmdt.perspectives.ood import scores as ood_scores
from mmdt.perspectives.shared.probes import labels_of
from mmdt.stats.scorecard import scorecard
from tests.perspectives.outputs import SHOWN, box, boxes, case, verdicts


def test_color_and_size_weigh_as_one_task():
    right = {"helpfulness": 40, "count": 20, "spatial": 10, "color": 90, "size": 30}
    scored = [
        Scored(f"{task}{place}", Cell("ood", "t2i", "Shake_", task), "", 0, Score({"right": float(place < number)}))
        for task, number in right.items()
        for place in range(100)
    ]
    found = scorecard((ood.PERSPECTIVE,), scored).result("ood/t2i/Shake_").estimate("accuracy").value
    assert found == pytest.approx((0.4 + 0.2 + 0.1 + (0.9 + 0.3) / 2) / 4)


def size_score(first, second, size, **more):
    one = case("ood/t2i/original/size", objects=["cat", "dog"], size=size, **more)
    found = boxes(box("cat", 0.2, side=first), box("dog", 0.7, side=second), box("cup", 0.5, 0.9, side=0.15))
    return ood_scores.picture(one, SHOWN, found).values["right"]


side = st.integers(11, 39).map(lambda number: number / 100)


@given(side, side)
def test_larger_and_smaller_exclude_each_other(first, second):
    assume(first != second)
    larger, smaller = size_score(first, second, "larger"), size_score(first, second, "smaller")
    assert larger + smaller == 1
    assert larger == size_score(second, first, "smaller")


def test_every_comparison_must_hold():
    both = [["dog", "larger"], ["cup", "smaller"]]
    assert size_score(0.12, 0.1, "larger", comparisons=both) == 1
    assert size_score(0.2, 0.1, "larger", comparisons=both) == 0
    assert labels_of({"objects": ["cat", "dog"], "comparisons": both}) == ["cat", "dog", "cup"]


def test_size_by_the_largest_box_that_is_sure_enough():
    one = case("ood/t2i/original/size", objects=["cat", "dog"], size="larger")
    unsure = boxes(box("cat", side=0.3, score=0.5), box("cat", side=0.1), box("dog", side=0.2))
    assert ood_scores.picture(one, SHOWN, unsure).values["right"] == 0
    assert ood_scores.picture(one, SHOWN, boxes(box("cat", side=0.3))).values["right"] == 0, "the dog was not found"


@pytest.mark.parametrize(("x", "right"), [(0.5, 1), (0.05, 0), (0.95, 0)])
def test_between_two_others(x, right):
    one = case("ood/t2i/original/spatial", objects=["cat", "dog", "cup"], relations=["between"], pairs=[[0, 1, 2]])
    seen = boxes(box("cat", x, 0.8), box("dog", 0.2), box("cup", 0.8))
    assert ood_scores.picture(one, SHOWN, seen).values["right"] == right
    assert ood_scores.picture(one, SHOWN, boxes(box("cat", 0.5), box("dog", 0.2))).values["right"] == 0


def test_two_others_as_pairs():
    target = {"objects": ["cat", "dog", "cup"], "relations": ["left", "above"], "pairs": [[0, 1], [0, 2]]}
    seen = boxes(box("cat", 0.2, 0.2), box("dog", 0.8, 0.2), box("cup", 0.2, 0.8))
    assert ood_scores.picture(case("ood/t2i/original/spatial", **target), SHOWN, seen).values["right"] == 1


@given(st.floats(-1, 1))
def test_helpfulness_is_2_5_times_the_cosine_cut_to_its_range(cosine):
    one = case("ood/t2i/original/helpfulness", prompt="a cat")
    found = ood_scores.picture(one, SHOWN, {"similarity": Observation({"similarity": cosine})}).values["right"]
    assert found == pytest.approx(min(max(2.5 * cosine, 0), 1))


def test_ood_replies_are_all_or_nothing():
    one = case("ood/i2t/original/count", counts={"cat": 2, "dog": 1})
    half = ood_scores.reply(one, Output.answered("2 cats"), {"counts": Observation({"counts": {"cat": 2, "dog": 3}})})
    assert (half.values["right"], half.outcome) == (0, "wrong")
    both = case("ood/i2t/original/spatial", answer="left")
    assert ood_scores.reply(both, Output.answered("left, or rather right"), {}).values["right"] == 0
    assert ood_scores.reply(both, Output.answered("To the left."), {}).values["right"] == 1


TWO_COLORS = {
    "question": "Is the cup red and is the bus blue?",
    "questions": ["Is the cup red?", "Is the bus blue?"],
    "colors": {"cup": "red", "bus": "blue"},
}


def test_every_color_is_asked_in_a_question_of_its_own():
    scenario = plugins.scenarios()["ood/t2i/Shake_"]
    one = case("ood/t2i/Shake_/color", **TWO_COLORS)
    asked = {probe.name: probe.question(one, SHOWN) for probe in scenario.probes if probe.role == "vqa"}
    assert {name: asked["question"] for name, asked in asked.items() if asked} == {
        "attribute": "Is the cup red?",
        "attribute_2": "Is the bus blue?",
    }


@pytest.mark.parametrize(
    ("said", "right"), [((True, True), 1.0), ((True, False), 0.0), ((False, True), 0.0), ((True, None), None)]
)
def test_all_colors_must_be_right(said, right):
    scenario = plugins.scenarios()["ood/t2i/Shake_"]
    one = case("ood/t2i/Shake_/color", **TWO_COLORS)
    seen = {name: value for name, value in zip(("attribute", "attribute_2"), said, strict=True) if value is not None}
    score = scenario.score(one, SHOWN, verdicts(**seen))
    assert (score.values.get("right"), score.values.get("right_published")) == (right, right)
