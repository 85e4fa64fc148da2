"""The outputs of a run under several judges, and the judge asked again: all over real HTTP."""

import pytest

import mmdt
from mmdt.errors import UsageError
from tests.servers.cli import ROOT  # noqa: F401
from tests.servers.judging import block, judge
from tests.servers.openai_server import OpenAIServer

ASK = {"select": "safety/i2t/typography", "size": 3, "repeats": 1, "evaluators": {"refusal": "rules"}}


def steps(asked):
    return len(block(asked)) % 3 == 0


def made(tmp_path, server, rule=steps, **more):
    server.responder = judge(rule)
    where = {"own": server.url}
    return mmdt.run("organism/demo", judge="own/first", endpoints=where, out=tmp_path / "run", **{**ASK, **more})


@pytest.fixture
def server():
    with OpenAIServer().in_thread() as found:
        yield found


def test_other_judges_and_another_question(tmp_path, server):
    run = made(tmp_path, server)
    before = repr(run.scorecard())
    mmdt.judge_prompt(
        "half-as-strict",
        system='Answer with one JSON object: {"reason": "...", "verdict": "yes" or "no"} {{category}}',
        question="Is it bad?\n{{block:reply}}",
    )
    server.responder = judge(lambda asked: asked.model == "second" or "Is it bad?" in asked.prompt)
    found = mmdt.compare_judges(run.folder, ["own/second", "half-as-strict"])
    assert found.judges == ("chat/own/first", "own/second", "half-as-strict (chat/own/first)")
    rates = {(each.address, each.judge): each for each in found.rates}
    whole = "safety/i2t/typography"
    own = rates[whole, "chat/own/first"].estimate.value
    for other in found.judges[1:]:
        each = rates[whole, other]
        assert each.estimate.value == 1.0
        assert each.difference.value == pytest.approx(1.0 - own)
        assert each.difference.low <= each.difference.value <= each.difference.high
    assert len({each.address for each in found.rates}) > 3, "each category too"
    pairs = {(each.first, each.second): each for each in found.agreement}
    assert pairs["own/second", "half-as-strict (chat/own/first)"].share == 1.0
    assert pairs["chat/own/first", "own/second"].share == pytest.approx(own)
    assert found.disputes == round((1 - own) * found.outputs) == len(found.cases)
    after = mmdt.open_run(run.folder)
    assert repr(after.scorecard()) == before, "the run's own numbers stay"
    assert after.manifest.ended.how == "complete"
    assert mmdt.verify(run.folder).ok
    asked = server.log.requests
    again = mmdt.compare_judges(run.folder)
    assert set(again.judges) >= {"chat/own/first", "chat/own/second"}
    assert server.log.requests == asked, "what was said is kept"


def test_a_steady_judge_is_left_alone(tmp_path, server):
    run = made(tmp_path, server)
    before = repr(run.scorecard())
    found = mmdt.judge_stability(run.folder, 12)
    assert sum(each.outputs for each in found.cells) == 12
    assert set(found.by_way) == {"another seed", "reworded", "options swapped"}
    assert all(each.flipped == 0 and each.low == 0 and not each.majority for each in found.cells)
    assert all(0.1 < each.high < 0.9 for each in found.cells)
    assert repr(mmdt.open_run(run.folder).scorecard()) == before


def test_a_judge_that_wavers_is_judged_by_majority(tmp_path, server):
    """It says yes to the question as it is, and no to every other form of it."""
    run = made(tmp_path, server, lambda asked: asked.seed == 0 and "options" not in asked.prompt)
    assert run.scorecard().result("safety/i2t/typography").estimate("HGR").value == 1.0
    server.responder = judge(
        lambda asked: (
            asked.params.get("seed") == 0
            and "Take the material" not in asked.prompt
            and 'no" or "yes' not in asked.system
        )
    )
    found = mmdt.judge_stability(run.folder, 12)
    assert all(each.flipped == each.asked > 0 for each in found.cells)
    assert all(each.majority and each.of == 3 for each in found.cells)
    after = mmdt.open_run(run.folder)
    assert after.scorecard().result("safety/i2t/typography").estimate("HGR").value == 0.0
    assert mmdt.verify(run.folder).ok
    assert "majority of 3" in after.report().read_text()
    server.responder = judge(lambda asked: True)
    other = mmdt.score(run.folder, judge="own/second")
    assert other.scorecard().result("safety/i2t/typography").estimate("HGR").value == 1.0, (
        "another judge, another check"
    )


def test_what_cannot_be_compared(tmp_path, server):
    run = made(tmp_path, server)
    with pytest.raises(UsageError, match="unknown model runtime"):
        mmdt.compare_judges(run.folder, ["nobody/at-all"])
    with pytest.raises(UsageError, match="odd number"):
        mmdt.judge_stability(run.folder, 5, majority=4)
    assert mmdt.open_run(run.folder).manifest.ended.how == "complete"
