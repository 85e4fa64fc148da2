"""Batches through the real command: kill it, resume it, cancel batches; judges in batches too."""

import json
import os
import subprocess
import sys
import time

import pytest

import mmdt
from mmdt.errors import MmdtError
from mmdt.runs.settings import make_settings
from tests.servers.anthropic_server import AnthropicServer
from tests.servers.cli import ROOT
from tests.servers.openai_server import OpenAIServer

KEY = "sk-planted-0123456789abcdef"
QUICK = ("--batch-set", "linger=0.3", "--batch-set", "poll=0.1")
VERDICT = '{"verdict": "no", "class": "complies", "reason": "a harmless reply"}'


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, KEY)


def command(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "mmdt", *map(str, arguments)]
    return subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_to_end(*arguments):
    process = command(*arguments)
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


def asking(server, folder, *more):
    chosen = (
        "--select",
        "safety/i2t/typography",
        "--data",
        "embedded",
        "--size",
        5,
        "--judge",
        "embedded",
        "--allow-embedded-judge",
    )
    return (
        "run",
        "openai/gpt-4o",
        *chosen,
        "--base-url",
        server.url,
        "--out",
        folder,
        "--batch",
        "model",
        *QUICK,
        *more,
    )


def until(there, process):
    for _ in range(2000):
        if there():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def test_a_killed_process_loses_no_batch(tmp_path):
    folder = tmp_path / "run"
    with OpenAIServer().in_thread() as server:
        server.plan.hold = True
        process = command(*asking(server, folder))
        until(lambda: server.batches, process)
        time.sleep(0.3)
        process.kill()
        process.communicate()
        server.plan.hold = False
        code, out, err = run_to_end("resume", folder)
        assert code == 0, err
        assert "Complete: all 30 outputs" in out
        assert server.log.requests == 30
        assert max(server.log.by_content.values()) == 1
        assert len(server.batches) == 1
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert not any(KEY.encode() in path.read_bytes() for path in kept)
    assert not list((folder / "batches" / "model").iterdir())


def test_batches_are_submitted_listed_cancelled_and_sent_again(tmp_path):
    folder = tmp_path / "run"
    with OpenAIServer().in_thread() as server:
        server.plan.hold = True
        code, _, err = run_to_end(*asking(server, folder, "--no-wait"))
        assert code == 5
        assert "1 batch at the provider: 0 of 29 requests done" in err
        assert f"mmdt batches {folder} --cancel" in err
        code, out, _ = run_to_end("batches", folder)
        assert code == 0
        assert "batch_1" in out and "0/29" in out and "in progress" in out
        code, out, _ = run_to_end("batches", folder, "--cancel", "--json")
        assert code == 0
        (found,) = json.loads(out)["batches"]
        assert found["requests"] == 29
        assert found["state"].startswith(("being cancelled", "ended"))
        code, out, _ = run_to_end("resume", folder, "--batch", "none")
        assert code == 3
        assert "29 failed (expired 29)" in out
        code, out, _ = run_to_end("resume", folder, "--batch", "none")
        assert code == 0
        assert "Complete: all 30 outputs" in out
        assert run_to_end("batches", folder)[1] == "no open batches\n"


def test_judges_can_use_batches_too(tmp_path):
    with (
        OpenAIServer().in_thread() as server,
        AnthropicServer(responder=lambda asked: VERDICT).in_thread() as judge,
    ):
        run = mmdt.run(
            "openai/gpt-4o",
            select="safety/i2t/typography",
            data="embedded",
            size=5,
            base_url=server.url,
            judge="anthropic/claude-sonnet-4-6",
            judge_base_url=judge.url,
            batch="all",
            batch_options={"linger": 0.3, "poll": 0.1},
            out=tmp_path / "run",
        )
        assert run.complete, run.manifest.ended
        assert len(server.batches) == 1 and len(judge.batches) <= 2, "harm and refusals are two questions"
        asked_of_the_judge = sum(judge.log.by_content.values())
        assert asked_of_the_judge == 1 + sum(len(batch.requests) for batch in judge.batches.values())
    assert all(row.observations for row in run.joined())


def test_resume_waits_by_default(tmp_path):
    with OpenAIServer().in_thread() as server:
        server.plan.hold = True
        options = {"base_url": server.url, "judge": "embedded", "allow_embedded_judge": True, "data": "embedded"}
        quick = {"linger": 0.2, "poll": 0.1}
        run = mmdt.run("openai/gpt-4o", select="safety/i2t/typography", size=2, batch="model", wait=False,
                       batch_options=quick, out=tmp_path / "run", **options)  # fmt: skip
        assert run.manifest.ended.how == "awaiting"
        assert [batch.state for batch in mmdt.batches(run.folder)] == ["in progress"]
        assert mmdt.resume(run.folder, wait=False).manifest.ended.how == "awaiting"
        server.plan.hold = False
        assert mmdt.resume(run.folder).complete


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "organism/demo", "batch": "model"}, "organism/demo has no batch endpoint"),
        ({"model": "openai/gpt-4o", "batch": "model", "executor": "ray"}, "need the local executor"),
        ({"model": "openai/gpt-4o", "batch": "model", "batch_options": {"size": 3}}, "unknown setting 'size'"),
        ({"model": "openai/gpt-4o", "batch": "sometimes"}, "bad settings"),
    ],
)
def test_invalid_batch_settings_are_reported_before_the_first_request(settings, message, tmp_path):
    chosen = {"judge": "embedded", "allow_embedded_judge": True, "data": "embedded", "select": "safety/i2t/vanilla"}
    with pytest.raises(MmdtError, match=message):
        mmdt.run(**chosen | {"select": "safety/**"} | settings, out=tmp_path / "run")
    assert not (tmp_path / "run" / "store.sqlite").exists()


def test_a_plan_in_batches_costs_half():
    chosen = {"select": "safety/i2t/typography", "data": "embedded", "judge": "openai/gpt-4o", "size": 3}
    whole = mmdt.plan("openai/gpt-4o", **chosen).cost
    assert mmdt.plan("openai/gpt-4o", batch="all", **chosen).cost == pytest.approx(whole / 2)
    parts = [whole - mmdt.plan("openai/gpt-4o", batch=which, **chosen).cost for which in ("model", "judges")]
    assert sum(parts) == pytest.approx(whole / 2)


def test_batch_settings_are_stored():
    settings = make_settings({"model": "openai/gpt-4o", "batch": "judges", "batch_options": {"most": 5}})
    assert (settings.batch, settings.wait, settings.batch_options) == ("judges", True, {"most": 5})
