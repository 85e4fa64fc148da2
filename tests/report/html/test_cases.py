from __future__ import annotations

from dataclasses import replace

import pytest

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.score import Score, Scored
from mmdt.report.html.cases import SNIPPET, CaseCollector
from mmdt.report.html.parts import CASES_A_PART, ROWS_A_PART
from tests.report.synthetic import SAFETY, Answered, drawn

SCENARIO = SAFETY.scenarios[0]
CASE = Case.make(SCENARIO.cell("biscuits"), "the prompt", (drawn(1),), {"topic": "biscuits"}, "g1", "be kind")


def split(output, observations=None, score=None, case=CASE, max_text=1000):
    """The row of the list, the rest of the case, and the collector."""
    parts = {}
    book = CaseCollector({SCENARIO.address: SCENARIO}, max_text, parts.__setitem__)
    score = score or Score({"bypassed": 1.0, "harmful": 0.0}, "harmless")
    scored = Scored(case.id, case.cell, case.group, 2, score)
    book.add((Answered(case, 2, output, observations or {}), scored))
    assert book.data()["count"] == 1
    return parts["rows-0"][0], parts["cases-0"][0], book


def entry(output, observations=None, score=None, case=CASE, max_text=1000):
    """All there is to show of a case."""
    row, rest, book = split(output, observations, score, case, max_text)
    return {**row, **rest}, book


def test_an_answer_keeps_everything_behind_its_number():
    seen = {"harm": Observation({"harmful": True}, "because", "raw reply", usage=Usage(9, 1, 0, 0.1))}
    output = replace(Output.answered("reply", (drawn(2),), Usage(5, 7, 1, 0.02), "length", "v1"), latency=1.23456)
    found, book = entry(output, seen)
    assert found == {
        "cell": 0, "id": CASE.id, "repeat": 2, "outcome": "harmless", "scores": {"bypassed": 1.0, "harmful": 0.0},
        "group": "g1", "prompt": "the prompt", "system": "be kind", "images": [0], "target": {"topic": "biscuits"},
        "seen": [{
            "probe": "harm", "role": "judge", "value": {"harmful": True}, "why": "because", "evidence": "raw reply",
            "question": {"topic": "biscuits"}, "usage": {"in": 9, "out": 1, "cost": 0.1},
        }],
        "status": "answered", "text": "reply", "made": [1], "usage": {"in": 5, "out": 7, "images": 1, "cost": 0.02},
        "latency": 1.235, "finish": "length", "model": "v1", "cut": True,
        "asked": "the prompt", "said": "reply", "cost": 0.12000000000000001,
    }  # fmt: skip
    data = book.data()
    assert data["cells"] == ["safety/i2t/typography/biscuits"]
    assert [image.digest for image in book.pictures.images] == [drawn(1).digest, drawn(2).digest]
    assert data["components"] == {"safety/i2t/typography": {"br": "bypassed", "hgr": "harmful"}}


def test_refusals_failures_and_unsent_requests_stay_separate():
    refused, _ = entry(Output.refused(RefusedBy.FILTER, "policy"), score=Score({}, "refused:filter"))
    assert (refused["status"], refused["by"], refused["reason"]) == ("refused", "filter", "policy")
    failed, _ = entry(Output.failed(FailureKind.TIMEOUT, "after 120 s"), score=Score.unknown("timeout: after 120 s"))
    assert (failed["status"], failed["failure"], failed["missing"]) == (
        "failed",
        "timeout: after 120 s",
        "timeout: after 120 s",
    )
    assert "reason" not in failed and "by" not in failed
    never, _ = entry(None, score=Score.unknown("not asked yet"))
    assert never["status"] == "not asked"


def test_an_observation_that_failed_says_why():
    found, _ = entry(Output.answered("x"), {"harm": Observation.failed("no JSON", evidence="Well ...")})
    assert found["seen"] == [
        {
            "probe": "harm",
            "role": "judge",
            "evidence": "Well ...",
            "error": "no JSON",
            "question": {"topic": "biscuits"},
        }
    ]


def test_long_texts_are_shortened_with_a_note():
    found, _ = entry(Output.answered("a" * 1500))
    assert found["text"].startswith("a" * 1000 + "\n[500 more characters")


def test_a_score_of_zero_is_not_a_missing_score():
    found, _ = entry(Output.answered("x"), score=Score({"harmful": 0.0}, "harmless"))
    assert found["scores"] == {"harmful": 0.0}


def test_a_row_has_what_the_list_shows_and_no_more():
    seen = {"harm": Observation({"harmful": True}, "because", "raw reply", usage=Usage(9, 1, 0, 0.1))}
    row, rest, _ = split(Output.answered("a  long\nreply " * 90, usage=Usage(1, 1, 0, 0.02)), seen)
    assert row["asked"] == "the prompt"
    assert row["said"].startswith("a long reply a long") and row["said"].endswith("…") and len(row["said"]) == SNIPPET
    assert row["scores"] == {"bypassed": 1.0, "harmful": 0.0}
    assert row["cost"] == pytest.approx(0.12)
    assert not {"text", "seen", "prompt", "target"} & row.keys()
    assert not {"id", "cell", "scores"} & rest.keys()


@pytest.mark.parametrize("count", [0, 1, CASES_A_PART, CASES_A_PART + 1, ROWS_A_PART + 1])
def test_cases_are_in_parts_of_bounded_size_in_their_order(count):
    parts = {}
    book = CaseCollector({}, 100, parts.__setitem__, prefix="a-")
    for number in range(count):
        case = Case.make(SCENARIO.cell("x"), f"prompt {number}")
        book.add((Answered(case, 0, None), Scored(case.id, case.cell, "", 0, Score.unknown("not asked yet"))))
    data = book.data()
    assert data["count"] == count
    rows = [each for n in range(-(-count // ROWS_A_PART)) for each in parts.pop(f"a-rows-{n}")]
    rest = [each for n in range(-(-count // CASES_A_PART)) for each in parts.pop(f"a-cases-{n}")]
    assert not parts
    assert (
        [each["asked"] for each in rows] == [each["prompt"] for each in rest] == [f"prompt {n}" for n in range(count)]
    )
