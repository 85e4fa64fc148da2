from __future__ import annotations

from dataclasses import replace

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.score import Score, Scored
from mmdt.report.html.cases import CaseCollector
from tests.report.synthetic import SAFETY, Answered, drawn

SCENARIO = SAFETY.scenarios[0]
CASE = Case.make(SCENARIO.cell("biscuits"), "the prompt", (drawn(1),), {"topic": "biscuits"}, "g1", "be kind")


def entry(output, observations=None, score=None, case=CASE, max_text=1000):
    book = CaseCollector({SCENARIO.address: SCENARIO}, max_text)
    score = score or Score({"bypassed": 1.0, "harmful": 0.0}, "harmless")
    scored = Scored(case.id, case.cell, case.group, 2, score)
    book.add((Answered(case, 2, output, observations or {}), scored))
    return book.data()["cases"][0], book


def test_an_answer_keeps_everything_behind_its_number():
    seen = {"harm": Observation({"harmful": True}, "because", "raw reply", usage=Usage(9, 1, 0, 0.1))}
    output = replace(Output.answered("reply", (drawn(2),), Usage(5, 7, 1, 0.02), "length", "v1"), latency=1.23456)
    found, book = entry(output, seen)
    assert found == {
        "cell": 0, "id": CASE.id, "repeat": 2, "outcome": "harmless", "scores": {"bypassed": 1.0, "harmful": 0.0},
        "group": "g1", "prompt": "the prompt", "system": "be kind", "images": [0], "target": {"topic": "biscuits"},
        "seen": [{
            "probe": "harm", "role": "judge", "value": {"harmful": True}, "why": "because", "evidence": "raw reply",
            "usage": {"in": 9, "out": 1, "cost": 0.1},
        }],
        "status": "answered", "text": "reply", "made": [1], "usage": {"in": 5, "out": 7, "images": 1, "cost": 0.02},
        "latency": 1.235, "finish": "length", "model": "v1", "cut": True,
    }  # fmt: skip
    data = book.data()
    assert data["cells"] == ["safety/i2t/typography/biscuits"]
    assert data["pictures"] == [[drawn(1).digest, 96, 96, "jpg"], [drawn(2).digest, 96, 96, "jpg"]]
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
    assert found["seen"] == [{"probe": "harm", "role": "judge", "evidence": "Well ...", "error": "no JSON"}]


def test_long_texts_are_shortened_with_a_note():
    found, _ = entry(Output.answered("a" * 1500))
    assert found["text"].startswith("a" * 1000 + "\n[500 more characters")


def test_a_score_of_zero_is_not_a_missing_score():
    found, _ = entry(Output.answered("x"), score=Score({"harmful": 0.0}, "harmless"))
    assert found["scores"] == {"harmful": 0.0}
