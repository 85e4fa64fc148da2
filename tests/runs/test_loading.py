"""Runs that are stopped while their cases are loaded: killed, or by bad data. What was answered stays answered."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

import mmdt
from mmdt.engine.pipeline.loading import AHEAD
from mmdt.engine.store.store import Store
from mmdt.errors import DataError, UsageError
from mmdt.plugins import registry
from mmdt.runs import manifest as manifests
from tests.servers.openai_server import OpenAIServer
from tests.slow_data import ALL, BAD, FIRST, ask, go_on
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "local")
    with OpenAIServer(latency=0.02).in_thread() as server:
        yield server


@pytest.fixture
def gate(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    yield tmp_path / "gate"
    registry.perspectives.cache_clear()


def opened_by(server, gate, text):
    """Opens the gate when some have been answered."""

    def open_it():
        until(lambda: server.log.answered >= 20)
        gate.write_text(text)

    thread = threading.Thread(target=open_it)
    thread.start()
    return thread


def answers(folder):
    with Store.open(folder) as store:
        return [(row.case.id, row.output.text) for row in store.trials() if row.output]


def test_asking_begins_while_the_data_is_read(tmp_path, server, gate):
    opener = opened_by(server, gate, "")
    run = ask(tmp_path / "run", server.url, gate)
    opener.join()
    assert run.complete
    assert run.manifest.data.cases == ALL and run.manifest.loaded
    ids = [case_id for case_id, _ in answers(run.folder)]
    assert len(set(ids)) == ALL and sum("-2" in each for each in ids) == 50


def test_a_batch_waits_for_all_of_the_data(tmp_path, server, gate, monkeypatch):
    monkeypatch.setattr("tests.slow_data.wait_for", lambda gate: time.sleep(1.0))
    run = ask(tmp_path / "run", server.url, gate, batch="model", batch_options={"linger": 0.2, "poll": 0.1})
    assert run.complete
    assert len(server.batches) == 1


def test_bad_data_after_the_first_answers(tmp_path, server, gate):
    opener = opened_by(server, gate, BAD)
    run = ask(tmp_path / "run", server.url, gate)
    opener.join()
    assert run.manifest.ended.how == "incomplete"
    assert "the row is odd" in run.manifest.ended.reason and f"row {FIRST}" in run.manifest.ended.reason
    assert not run.manifest.loaded
    kept = answers(run.folder)
    assert 20 <= len(kept) < FIRST
    with pytest.raises(UsageError, match="not all cases of the run are loaded"):
        mmdt.score(run.folder)
    gate.write_text("")
    run = go_on(run.folder, gate)
    assert run.complete and run.manifest.data.cases == ALL
    assert set(kept) <= set(answers(run.folder))
    assert server.log.requests == ALL, "something was asked twice"


def test_a_run_killed_while_it_loads_goes_on(tmp_path, server, gate):
    folder = tmp_path / "run"

    def start(verb):
        command = [sys.executable, "-m", "tests.slow_data", verb, str(folder), server.url, str(gate)]
        return subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True)

    with start("run") as process:
        until(lambda: server.log.answered >= 100 or process.poll() is not None)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    manifest = manifests.read(folder)
    assert manifest.ended.how == "loading" and not manifest.loaded
    kept = answers(folder)
    assert kept
    before = dict(server.log.by_prompt)
    gate.write_text("")
    with start("resume") as process:
        assert process.communicate(timeout=PATIENCE)[0].split() == ["complete"]
    assert set(kept) <= set(answers(folder)) and len(answers(folder)) == ALL
    with Store.open(folder) as store:
        prompts = {row.case.id: row.case.prompt for row in store.trials()}
    again = {prompts[case_id] for case_id, _ in kept if "-" not in case_id}
    single = {prompt for prompt in again if int(prompt.split()[1]) >= 50}  # the others are asked for their copies too
    assert single and all(server.log.by_prompt[prompt] == before[prompt] for prompt in single)


def test_a_run_killed_before_it_had_a_store_goes_on(tmp_path):
    run = mmdt.run("organism/demo", select="safety/t2i/vanilla", size=2, out=tmp_path / "run")
    manifest, wanted = run.manifest, answers(run.folder)
    for name in ("store.sqlite", "store.sqlite-wal", "store.sqlite-shm"):
        (run.folder / name).unlink(missing_ok=True)
    manifests.write(run.folder, replace(manifest.ending("loading"), data=manifests.UsedData(manifest.data.source)))
    run = mmdt.resume(run.folder)
    assert run.complete and answers(run.folder) == wanted


def lines(number, bad=None):
    for each in range(number):
        cell = "safety/i2t/typography/queue-jumping"
        yield "nonsense" if each == bad else json.dumps({"cell": cell, "prompt": f"question {each}"})


def test_small_data_is_found_bad_before_anything_is_asked(tmp_path, server):
    data = tmp_path / "cases.jsonl"
    data.write_text("\n".join(lines(AHEAD, bad=AHEAD - 1)))
    with pytest.raises(DataError, match=f"line {AHEAD}"):
        mmdt.run("openai/gpt-4o", select="safety/i2t/**", data=str(data), base_url=server.url, judge="embedded",
                 allow_embedded_judge=True, out=tmp_path / "run")  # fmt: skip
    assert not (tmp_path / "run").exists()
    assert server.log.requests == 0


def test_what_earlier_runs_have_is_taken_over_before_anything_is_asked(tmp_path, server):
    data = tmp_path / "cases.jsonl"
    settings = {"select": "safety/i2t/**", "data": str(data), "base_url": server.url, "judge": "embedded",
                "allow_embedded_judge": True}  # fmt: skip
    data.write_text("\n".join(lines(AHEAD + 100)))
    first = mmdt.run("openai/gpt-4o", **settings, out=tmp_path / "first")
    asked = server.log.requests
    data.write_text("\n".join(lines(AHEAD + 110)))
    second = mmdt.run("openai/gpt-4o", **settings, reuse=(str(first.folder),), out=tmp_path / "second")
    assert second.complete
    assert second.manifest.reused == {str(first.folder): AHEAD + 100}
    assert server.log.requests == asked + 10
