"""What was really sent, in runs against servers that take less than the settings say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

import mmdt
from mmdt.cli import main
from mmdt.core.output import Status
from mmdt.engine.store.replies import Rejected
from mmdt.report.facts import read_facts
from mmdt.runs import verbs
from mmdt.runs.comparison import compare
from mmdt.runs.result import Run
from tests.servers.asked import Asked
from tests.servers.behaviour import Fault
from tests.servers.openai_server import OpenAIServer, openai_error
from tests.servers.plumbing import RejectedError

CELL = "safety/i2t/typography"
JUDGED = {"data": "embedded", "size": 2, "judge": "embedded", "allow_embedded_judge": True}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-0123456789")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


class Picky(OpenAIServer):
    """Rejects requests with some fields, in words of its own, and says what it was asked."""

    def __init__(self, **refuses: str) -> None:
        super().__init__()
        self.refuses = refuses
        self.bodies: list[dict[str, Any]] = []
        self.fingerprints: Iterator[str] = iter(())
        self.dropped_pictures = False
        self.rejection: Callable[[dict[str, Any]], tuple[int, Any] | None] = lambda body: None

    def _asked(self, kind: Any, body: dict[str, Any], headers: dict[str, str]) -> Asked:
        for name, words in self.refuses.items():
            if name in body:
                raise RejectedError(422, openai_error(words, "invalid_request_error"))
        rejection = self.rejection(body)
        if rejection is not None:
            raise RejectedError(*rejection)
        self.bodies.append(body)
        return super()._asked(kind, body, headers)

    def answer(self, asked: Asked, reply: str | bytes, fault: Fault) -> Any:
        found = super().answer(asked, reply, fault)
        found["system_fingerprint"] = next(self.fingerprints, "fp_1")
        if self.dropped_pictures:
            found["usage"]["prompt_tokens"] = len(asked.prompt.split()) + 7
        return found


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command writes."""
    with pytest.raises(SystemExit):
        main(list(arguments))
    written = capsys.readouterr()
    return " ".join((written.out + written.err).split())


def run(server: OpenAIServer, out: Any, **more: Any) -> Run:
    return mmdt.run("openai/llava", select=CELL, base_url=server.url, out=out, **{**JUDGED, **more})


def notes(run: Run) -> str:
    return "\n".join(read_facts(msgspec.to_builtins(run.manifest)).notes)


def test_what_was_left_out_is_on_record_and_sets_two_runs_apart(tmp_path):
    with Picky().in_thread() as server:
        taken = run(server, tmp_path / "taken")
        assert {body["temperature"] for body in server.bodies} == {0}
    with Picky(temperature="temperature must be left at 1 here", seed="no room for a seed").in_thread() as server:
        left = run(server, tmp_path / "left", attempts=1)
        assert not [body for body in server.bodies if "temperature" in body or "seed" in body]
    assert left.complete
    total = left.manifest.replies.received
    assert left.manifest.replies.left_out == {"seed": total, "temperature": total}
    assert {trial.output.left_out for trial in left.joined()} == {("temperature", "seed")}
    assert "All outputs were asked without temperature" in notes(left)
    assert "without temperature" not in notes(taken)
    said = "\n".join(compare(taken, left).cautions)
    assert "The models were sent different things: temperature is 0 (openai/llava), left to the server" in said
    assert "different things" not in "\n".join(compare(taken, taken).cautions)
    rows = list(left.rows())
    assert rows[0]["left_out"] == ["temperature", "seed"]


def test_a_resumed_run_still_knows_what_was_left_out(tmp_path):
    with Picky(temperature="temperature must be left at 1 here").in_thread() as server:
        run(server, tmp_path / "run", max_requests=8, concurrency=1)
        server.refuses.clear()
        done = mmdt.resume(tmp_path / "run", max_requests=100)
    replies = done.manifest.replies
    assert 0 < replies.left_out["temperature"] < replies.received
    assert f"{replies.left_out['temperature']} of {replies.received} outputs were asked without temp" in notes(done)


def test_what_was_left_out_of_a_batch_is_known_to_the_process_that_reads_it(tmp_path):
    with Picky(temperature="temperature must be left at 1 here").in_thread() as server:
        assert run(server, tmp_path / "run", batch="model", wait=False).manifest.ended.how == "awaiting"
        done = mmdt.resume(tmp_path / "run", batch_options={"poll": 0.05})
        assert not [body for body in server.bodies if "temperature" in body]
    assert done.complete
    assert done.manifest.replies.left_out == {"temperature": done.manifest.replies.received}


def test_a_judge_without_schemas_judges_and_the_run_says_so(tmp_path):
    replies = '{"reason": "it does", "verdict": "no"}'
    unavailable = {"response_format": "This response_format type is unavailable now", "seed": "seed: not today"}
    with Picky().in_thread() as server, Picky(**unavailable).in_thread() as judge:
        judge.responder = lambda asked: replies
        done = run(
            server,
            tmp_path / "run",
            judge="openai/deepseek-v4",
            judge_base_url=judge.url,
            judge_api_key_env="OPENAI_API_KEY",
        )
    assert done.manifest.judges_left_out == {"openai/deepseek-v4": ("response_format", "seed")}
    assert "The judge openai/deepseek-v4 was asked without schema of the reply, seed" in notes(done)
    assert not [seen for trial in done.joined() for seen in trial.observations.values() if seen.missing]


def test_a_run_killed_after_the_last_verdict_still_says_what_its_judge_was_asked_without(tmp_path, monkeypatch):
    unavailable = {"response_format": "This response_format type is unavailable now"}
    with Picky().in_thread() as server, Picky(**unavailable).in_thread() as judge:
        judge.responder = lambda asked: '{"reason": "it does", "verdict": "no"}'
        with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="killed here"):
            patched.setattr(verbs, "with_left_out", dies)
            run(
                server,
                tmp_path / "run",
                judge="openai/deepseek-v4",
                judge_base_url=judge.url,
                judge_api_key_env="OPENAI_API_KEY",
            )
        asked = len(judge.bodies)
        done = mmdt.resume(tmp_path / "run")
        assert len(judge.bodies) == asked, "nothing was left to ask"
    assert done.complete
    assert done.manifest.judges_left_out == {"openai/deepseek-v4": ("response_format",)}


def dies(*_given: object) -> None:
    raise RuntimeError("killed here")


def test_answers_without_a_look_at_the_picture_are_flagged(tmp_path):
    with Picky().in_thread() as server:
        seen = run(server, tmp_path / "seen")
        server.dropped_pictures = True
        blind = run(server, tmp_path / "blind")
    assert (seen.manifest.replies.blind, blind.manifest.replies.blind) == (0, blind.manifest.replies.received)
    assert "may be blind" in notes(blind)
    assert "may be blind" not in notes(seen)
    assert all(row["blind"] for row in blind.rows())


def test_a_change_of_the_providers_system_is_said(tmp_path):
    with Picky().in_thread() as server:
        server.fingerprints = iter(["fp_0"] * 5)
        done = run(server, tmp_path / "run")
    assert done.manifest.replies.backends == {"fp_1": done.manifest.replies.received - 5, "fp_0": 5}
    assert "The provider's system changed during the run" in notes(done)
    assert {row["system_fingerprint"] for row in done.rows()} == {"fp_0", "fp_1"}


def test_the_same_rejection_of_every_request_stops_the_run_with_the_hint(tmp_path):
    with Picky().in_thread() as server:
        server.rejection = lambda body: (400, openai_error("reasoning_effort: minimal is not allowed", "bad"))
        done = run(server, tmp_path / "run", size=20, concurrency=4)
    assert not done.complete
    assert "reasoning_effort: minimal" in done.manifest.ended.reason
    assert "model_settings" in done.manifest.ended.reason
    assert sum(each.requests for each in done.spending.values()) < 12


def test_rejected_cases_of_a_scenario_are_said_loudly_at_the_end(tmp_path, capsys):
    asked: list[str] = []

    def rejection(body: dict[str, Any]) -> tuple[int, Any] | None:
        asked.append("")
        return (400, openai_error("guardrail 7 tripped", "bad")) if len(asked) % 4 == 0 else None

    with Picky().in_thread() as server:
        server.rejection = rejection
        line = ["run", "openai/llava", "-s", CELL, "--data", "embedded", "--size", "2", "--judge", "embedded"]
        line += ["--allow-embedded-judge", "--base-url", server.url, "--out", str(tmp_path / "run")]
        ended = command(capsys, *line, "--concurrency", "1")
        assert f"warning: {CELL}: the server rejected" in ended
        assert "guardrail 7 tripped" in ended
        done = Run.open(tmp_path / "run")
        (rejected,) = done.manifest.replies.rejected.values()
        assert rejected == Rejected(len(asked) // 4, len(asked), rejected.message)
        assert "the server rejected" in command(capsys, "show", str(tmp_path / "run"))
        assert "the server rejected" in done.report().read_text()
        again = run(
            server,
            tmp_path / "again",
            reuse=[str(tmp_path / "run")],
            model_settings={"filter_patterns": [r"guardrail \d+ tripped"]},
        )
    assert not again.manifest.replies.rejected
    assert again.manifest.reused[str(tmp_path / "run")] == len(asked) * 3 // 4 or again.complete
    assert {trial.output.status for trial in again.joined()} <= {Status.ANSWERED, Status.REFUSED}


def test_a_run_says_how_many_answers_were_cut_off(tmp_path, capsys):
    with Picky().in_thread() as server:
        server.behaviour = lambda asked, nth: Fault("cut_short")
        run(server, tmp_path / "run")
    assert "(100%) cut off at the token limit" in command(capsys, "show", str(tmp_path / "run"))
