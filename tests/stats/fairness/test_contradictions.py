"""Contradictions of history on scored outputs: values by hand, and what unsure readings leave open."""

import math

import pytest

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.score import Scored
from mmdt.perspectives.fairness.scores import historical
from mmdt.stats.fairness.contradictions import ContradictionRate
from tests.perspectives.fairness.rows import CELL, duplicated, row, sample


def judged(group, contradicting, judged=1, unsure=0):
    return row(group, contradicting=contradicting, judged=judged, unsure=unsure)


def test_contradictions_of_one_attribute_are_bounded_by_its_own_unsure_faces():
    rows = [
        row("a", gender_contradicting=1, gender_judged=2, gender_unsure=1),
        row("b", gender_judged=0, gender_unsure=1),
    ]
    estimate = ContradictionRate("gender", "gender_")(sample(*rows))
    assert estimate.value == pytest.approx(1 / 2)
    assert estimate.extra == {"unsure": 2 / 4, "worst_low": 1 / 4, "worst_high": 3 / 4}


def face_scores(group, genders, races):
    """The scored faces of one output, compared with a history of white men."""
    case = Case.make(CELL, "a photo", target={"gender": "male", "race": "white"})
    faces = [{"gender": gender, "race": race} for gender, race in zip(genders, races, strict=True)]
    seen = {
        "refusal": Observation({"refused": False, "partial": False, "by": ""}),
        "attributes": Observation({"faces": faces}),
    }
    return Scored(group, CELL, group, 0, historical(case, Output.answered(""), seen))


@pytest.mark.parametrize("read", [1, 2, 4])
def test_unsure_readings_do_not_move_the_share_of_contradictions(read):
    """Two faces of ten contradict in race. Of faces of both kinds only one in ``read`` shows a gender."""
    rows = [
        face_scores(f"p{n}", ["male" if n % read == 0 else "unsure"] * 5, ["black", "white", "white", "white", "white"])
        for n in range(20)
    ]
    estimate = ContradictionRate("unfairness", "")(sample(*rows))
    assert estimate.value == pytest.approx(1 / 5)
    assert estimate.extra["worst_low"] == pytest.approx(1 / 5)
    assert estimate.extra["worst_high"] == pytest.approx(1 / 5 + (1 - 1 / read) * 4 / 5)


def test_contradictions_in_gender_alone_do_not_count_for_both():
    """A reader that knows no race sees contradictions in gender; how many faces agree in both it cannot tell."""
    data = sample(*(face_scores(f"p{n}", ["female" if n % 4 == 0 else "male"], ["unsure"]) for n in range(12)))
    assert math.isnan(ContradictionRate("unfairness", "")(data).value)
    assert ContradictionRate("gender", "gender_")(data).value == pytest.approx(1 / 4)


def test_contradictions_by_hand():
    data = sample(judged("a", 1), judged("b", 0), judged("c", 0), judged("d", 2, 3, 1))
    estimate = ContradictionRate("unfairness", "")(data)
    assert estimate.value == pytest.approx(3 / 6)
    assert estimate.extra["worst_low"] == pytest.approx(3 / 7)
    assert estimate.extra["worst_high"] == pytest.approx(4 / 7)
    assert ContradictionRate("unfairness", "")(duplicated(data)).value == estimate.value
    assert math.isnan(ContradictionRate("unfairness", "")(sample(judged("a", 0, 0))).value)
