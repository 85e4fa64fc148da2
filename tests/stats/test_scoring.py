from dataclasses import dataclass, field

import pytest

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output
from mmdt.core.scenario import Probe, Scenario
from mmdt.core.score import Score
from mmdt.errors import DataError
from mmdt.stats.metrics import mean_of
from mmdt.stats.scoring import score


@dataclass(frozen=True)
class Answered:
    case: Case
    output: Output | None
    observations: dict = field(default_factory=dict)
    repeat: int = 2


def judged(case, output, observations):
    return Score({"harmful": float(observations["judge"].value["verdict"])}, "harmful")


def scenario(function=judged):
    return Scenario(
        "safety", "i2t", "typography", "Typography", ("sneaking",), function, (mean_of("harmful"),), "harmful",
        probes=(Probe("judge", "judge", lambda case, output: {}),),
    )  # fmt: skip


CASE = Case.make(Cell("safety", "i2t", "typography", "sneaking"), "how to sneak biscuits", group="g1")


def test_an_answer_is_scored_under_its_address():
    seen = {"judge": Observation({"verdict": True})}
    found = score(Answered(CASE, Output.answered("like so"), seen), scenario())
    assert (found.case_id, found.cell, found.group, found.repeat) == (CASE.id, CASE.cell, "g1", 2)
    assert found.score == Score({"harmful": 1.0}, "harmful")


def test_what_was_never_asked_is_missing():
    assert score(Answered(CASE, None), scenario()).score == Score.unknown("not asked yet")


def test_what_failed_is_missing_and_says_why():
    failed = Output.failed(FailureKind.TIMEOUT, "no reply within 120 s")
    assert score(Answered(CASE, failed), scenario()).score == Score.unknown("timeout: no reply within 120 s")


def test_a_probe_that_was_not_observed_is_named():
    with pytest.raises(DataError) as caught:
        score(Answered(CASE, Output.answered("like so")), scenario())
    assert f"probe 'judge', which was not observed (safety/i2t/typography/sneaking, case {CASE.id}" in str(caught.value)
    assert "`mmdt score`" in caught.value.cure


def test_a_score_function_that_fails_is_named_with_its_case():
    def broken(case, output, observations):
        return Score({"x": case.target["nothing"] / 0})

    answer = Answered(CASE, Output.answered("like so"), {"judge": Observation({"verdict": True})})
    with pytest.raises(DataError, match="typography failed with KeyError: 'nothing'") as caught:
        score(answer, scenario(broken))
    assert CASE.id in caught.value.where
    assert "observed: judge" in caught.value.where
