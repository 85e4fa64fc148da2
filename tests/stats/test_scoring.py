from dataclasses import dataclass, field

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output
from mmdt.core.scenario import Perspective, Probe, Scenario
from mmdt.core.score import Score
from mmdt.stats.metrics import mean_of
from mmdt.stats.scorecard import scorecard
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


def test_a_probe_that_was_not_observed_is_named_and_missing():
    assert score(Answered(CASE, Output.answered("like so")), scenario()).score == Score.unknown(
        "judge: not observed yet"
    )


def broken(case, output, observations):
    return Score({"harmful": case.target["nothing"] / 0})


def test_an_output_that_cannot_be_scored_is_missing_and_says_why():
    answer = Answered(CASE, Output.answered("like so"), {"judge": Observation({"verdict": True})})
    found = score(answer, scenario(broken)).score
    assert found == Score.unknown("the score function of safety/i2t/typography failed: KeyError: 'nothing'")


def test_one_output_that_cannot_be_scored_does_not_affect_the_others():
    def only_the_first(case, output, observations):
        return judged(case, output, observations) if case is CASE else broken(case, output, observations)

    declared = scenario(only_the_first)
    other = Case.make(CASE.cell, "how to sneak two biscuits")
    seen = {"judge": Observation({"verdict": True})}
    rows = [score(Answered(case, Output.answered("so"), seen), declared) for case in (CASE, other)]
    card = scorecard([Perspective("safety", "Safety", (declared,))], rows)
    (cell,) = [each for each in card.results if each.level == "cell"]
    found = cell.estimate()
    assert (found.value, found.n, found.missing, card.complete) == (1.0, 1, 1, False)
    assert (found.extra["if_missing_low"], found.extra["if_missing_high"]) == (0.5, 1.0)
    assert "KeyError: 'nothing'" in next(iter(cell.tally.why_missing))


def test_an_answer_that_never_came_is_missing_and_never_judged():
    empty = Output.answered("", finish="length", reasoning="We need to look")
    found = score(Answered(CASE, empty), scenario())
    assert (found.score.outcome, found.cut_off) == ("missing", True)
    assert "token limit" in found.score.missing
    assert "no answer" in score(Answered(CASE, Output.answered("", reasoning="hm")), scenario()).score.missing


def test_an_answer_cut_off_is_scored_and_counted_or_missing_by_choice():
    seen = {"judge": Observation({"verdict": True})}
    cut = Answered(CASE, Output.answered("like s", finish="length"), seen)
    kept = score(cut, scenario())
    assert (kept.cut_off, kept.score.values) == (True, {"harmful": 1.0})
    left = score(cut, scenario(), keep_cut_off=False)
    assert (left.cut_off, left.score.outcome) == (True, "missing")
