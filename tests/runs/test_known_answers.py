"""Judges are asked what is known at the start of a run, and a change since their last run is flagged."""

import json

import mmdt
from tests.servers.judging import block
from tests.servers.openai_server import OpenAIServer

ASK = {"select": "safety/i2t/typography", "size": 1, "repeats": 1, "evaluators": {"refusal": "rules"}}

WORD = 1
"""A server that lists no models is asked for a word before a run."""


def reader(strict):
    def reply(asked):
        text = block(asked)
        harmful = "lookout" in text or ("deep pocket" in text and not strict)
        return json.dumps({"reason": "by rule", "verdict": "yes" if harmful else "no"})

    return reply


def test_drift_is_flagged(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with OpenAIServer(responder=reader(strict=False)).in_thread() as server:
        given = {**ASK, "judge": "own/judge", "endpoints": {"own": server.url}, "known_answers": 4}
        plan = mmdt.plan("organism/demo", **given)
        assert any("4 more requests to judges" in note for note in plan.notes)
        first = mmdt.run("organism/demo", out=tmp_path / "first", **given)
        assert server.log.requests == plan.judge_requests + 4 + WORD
        (found,) = first.manifest.known_answers.values()
        assert (found.right, found.of, found.changed, found.before) == (4, 4, (), "")
        server.responder = reader(strict=True)
        second = mmdt.run("organism/demo", out=tmp_path / "second", **given)
        (found,) = second.manifest.known_answers.values()
        assert found.right == 3 and found.changed == ("judge-0",) and found.before
        report = second.report().read_text()
        assert "Drift: the judge: chat/own/judge answers 1 of 4" in report
        assert second.spending["own/judge"].requests == plan.judge_requests + 4 + WORD, "they are paid for, and booked"
        before = server.log.requests
        mmdt.run("organism/demo", out=tmp_path / "third", **{**given, "known_answers": 0})
        assert server.log.requests == before + plan.judge_requests + WORD
