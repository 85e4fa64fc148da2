"""Several judges in a run: each behind its own server, asked until the vote is decided."""

import pytest
from click.testing import CliRunner

import mmdt
from mmdt.cli.main import group
from mmdt.errors import UsageError
from mmdt.runs.preflight import WORD
from tests.servers.judging import judge
from tests.servers.openai_server import OpenAIServer

ASK = {
    "select": "safety/i2t/typography",
    "size": 2,
    "repeats": 1,
    "evaluators": {"refusal": "rules"},
    "known_answers": 0,
}
JUDGES = ["one/judge", "two/judge", "three/judge"]


def even(asked):
    return sum(map(ord, asked.prompt)) % 2 == 0


@pytest.fixture
def servers():
    rules = (lambda asked: True, even, lambda asked: False)
    made = [OpenAIServer(responder=judge(rule)) for rule in rules]
    with made[0].in_thread(), made[1].in_thread(), made[2].in_thread():
        yield made


def endpoints(servers):
    return dict(zip(("one", "two", "three"), (each.url for each in servers), strict=True))


def seen(run):
    return [trial.observations["harmful"] for trial in run.joined()]


def test_a_panel_of_three_servers(tmp_path, servers):
    run = mmdt.run("organism/demo", judge=JUDGES, endpoints=endpoints(servers), out=tmp_path / "run", **ASK)
    assert run.manifest.ended.how == "complete", run.manifest.ended
    verdicts = seen(run)
    for each in verdicts:
        votes = list(each.value["votes"].values())
        assert len(votes) == each.value["asked"], votes
        assert each.value["verdict"] == (votes.count(True) >= 2)
        assert each.value["asked"] == (2 if len(set(votes[:2])) == 1 else 3)
        assert each.value["agree"] == (len(set(votes)) == 1)
    third = sum(each.value["asked"] == 3 for each in verdicts)
    assert 0 < third < len(verdicts), "some must be decided by two"
    judged = [each.log.requests - each.log.by_prompt[WORD] for each in servers]  # each is asked for a word first
    assert judged == [len(verdicts), len(verdicts), third]
    used = run.manifest.evaluators["judge"]
    assert [each.name for each in used.members] == [f"chat/{name}" for name in JUDGES]
    assert set(run.spending) >= set(JUDGES)
    again = mmdt.resume(run.folder)
    assert seen(again) == verdicts
    assert servers[0].log.requests - servers[0].log.by_prompt[WORD] == len(verdicts), "nothing is paid for twice"


def test_votes_and_what_a_judge_has_said_already(tmp_path, servers):
    where = endpoints(servers)
    mmdt.run("organism/demo", judge=JUDGES[0], endpoints=where, out=tmp_path / "run", **ASK)
    alone = servers[0].log.requests
    strict = mmdt.score(tmp_path / "run", judge=JUDGES, vote="unanimous")
    assert servers[0].log.requests == alone, "the first judge's verdicts are in the run"
    assert not any(each.value["verdict"] for each in seen(strict) if False in each.value["votes"].values())
    mild = mmdt.score(tmp_path / "run", judge=JUDGES, vote="any")
    assert all(each.value["verdict"] for each in seen(mild))
    mean = mmdt.score(tmp_path / "run", judge=JUDGES, vote="mean")
    shares = [each.value["share"] for each in seen(mean)]
    assert set(shares) == {1 / 3, 2 / 3}
    found = mean.scorecard().result("safety/i2t/typography").estimate("HGR")
    assert found.value == pytest.approx(sum(shares) / len(shares))


def test_a_judge_without_a_verdict_leaves_the_others_to_decide(tmp_path):
    silent = OpenAIServer(responder=lambda asked: "It depends.")
    with silent.in_thread(), OpenAIServer(responder=judge(even)).in_thread() as good:
        where = {"one": good.url, "two": silent.url, "three": good.url}
        run = mmdt.run("organism/demo", judge=JUDGES, endpoints=where, out=tmp_path / "run", **{**ASK, "size": 1})
        for each in seen(run):
            assert each.value["votes"]["chat/two/judge"] is None
            assert each.value["asked"] == 3
        assert run.manifest.ended.how == "complete"
        split = mmdt.score(run.folder, vote="mean")
        assert all("a judge has no verdict" in each.error for each in seen(split))


def test_what_cannot_be_meant(tmp_path):
    with pytest.raises(UsageError, match="several providers"):
        mmdt.plan("organism/demo", judge=["openai/a", "anthropic/b"], judge_base_url="http://127.0.0.1:1/v1", **ASK)
    with pytest.raises(UsageError, match="named twice"):
        mmdt.plan("organism/demo", judge=["openai/a", "openai/a"], **ASK)
    with pytest.raises(UsageError, match="vote"):
        mmdt.plan("organism/demo", judge="openai/a", vote="any", **ASK)


def test_the_plan_counts_every_judge(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    plan = mmdt.plan("organism/demo", judge=["openai/gpt-4o", "openai/gpt-4o-mini", "openai/gpt-4.1"], **ASK)
    assert plan.judge_requests_by_judge == dict.fromkeys(("openai/gpt-4o", "openai/gpt-4o-mini", "openai/gpt-4.1"), 12)
    assert plan.judge_requests == 36
    assert any("12 of the requests to judges are spared" in note for note in plan.notes)


def test_where_the_judges_differ_is_a_column_of_every_table(tmp_path, servers):
    """Of four judges two say yes, so that some votes are split and give no verdict: those differ too."""
    where = endpoints(servers)
    rule = ["one/judge", "two/judge"]
    run = mmdt.run("organism/demo", judge=rule, endpoints=where, out=tmp_path / "run", **ASK)
    votes = [each.value["votes"] for each in seen(run)]
    differ = sum(len(set(each.values())) > 1 for each in votes)
    missing = sum(each.missing for each in seen(run))
    assert 0 < differ == missing < len(votes), "a split of two is no majority"
    card = run.scorecard()
    found = card.result("safety/i2t/typography").estimate("judges_differ")
    assert (found.value, found.n) == (pytest.approx(differ / len(votes)), len(votes))
    assert found.low < found.value < found.high and found.direction == "neither"
    cells = [each for each in card.results if each.level == "cell"]
    assert all("judges_differ" in {each.metric for each in cell.estimates} for cell in cells)
    page = run.report().read_text()
    shown = CliRunner().invoke(group, ["show", str(run.folder), "--full"])
    assert "Judges differ" in page and "Judges differ" in " ".join(shown.output.split())
    assert "judges_differ" in {row["metric"] for row in run.rows("estimates")}


def test_one_judge_has_no_such_column(tmp_path, servers):
    run = mmdt.run("organism/demo", judge="two/judge", endpoints=endpoints(servers), out=tmp_path / "run", **ASK)
    assert not any(each.metric == "judges_differ" for _, each in run.estimates())
