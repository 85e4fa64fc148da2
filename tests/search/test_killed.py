"""A search that is killed again and again ends like one that was left alone, and asks nothing twice."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

import mmdt
from mmdt.core.output import Status
from mmdt.engine.store.store import Store
from mmdt.errors import MmdtError
from tests.search.served import CSV, reply
from tests.servers.cli import ROOT
from tests.servers.openai_server import OpenAIServer
from tests.waiting import until

KILLS = 4


def start(*arguments):
    environment = {**os.environ, "OPENAI_API_KEY": "sk-test-0123456789abcdef", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "mmdt", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def verb(folder, file, server):
    if (folder / "search.json").exists():
        return ("resume", folder)
    hosts = [part for name in ("", "attacker-", "judge-") for part in (f"--{name}base-url", server.url)]
    models = ("--attacker", "openai/attacker", "--judge", "openai/judge")
    methods = ("--method", "pair,crescendo,adaptive", "--queries", "6", "--move", "page", "--move", "role-play")
    return ("attack", "openai/gpt-4o", "--behaviours", file, *models, *hosts, *methods, "--out", folder)


def settled(folder):
    """Questions to targets and attacker whose answers are committed, by the case's id."""
    try:
        with Store.open(folder) as store:
            return {
                trial.case.id: trial.output.text
                for trial in store.trials()
                if trial.output is not None and trial.output.status is not Status.FAILED
            }
    except MmdtError:
        return {}


def outcome(folder):
    return [
        (str(hunt.id), hunt.state, [(query.number, query.case.asked, query.harmful) for query in hunt.queries])
        for hunt in mmdt.open_search(folder).hunts
    ]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_killed_search(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(CSV)
    seed = random.randrange(2**32)
    print("seed", seed)
    dice = random.Random(seed)
    with OpenAIServer(responder=reply, latency=0.03).in_thread() as server:
        folder = tmp_path / "killed"
        for _ in range(KILLS):
            before, known = server.log.requests, settled(folder)
            process = start(*verb(folder, file, server))
            until(lambda: process.poll() is not None or server.log.requests > before)  # noqa: B023 - called at once
            time.sleep(dice.uniform(0.0, 0.6))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            until(lambda: not server.log.in_flight)
            now = settled(folder)
            assert known.items() <= now.items(), "something committed was lost or asked again"
            if folder.exists() and (folder / "store.sqlite").exists():
                assert not mmdt.verify_search(folder).findings
        last = start(*verb(folder, file, server))
        out, err = last.communicate(timeout=200)
        assert last.returncode == 0, out + err
        lost = server.log.requests
        process = start(*verb(tmp_path / "whole", file, server))
        out, err = process.communicate(timeout=200)
        assert process.returncode == 0, out + err
        undisturbed = server.log.requests - lost
    assert outcome(folder) == outcome(tmp_path / "whole")
    assert lost <= undisturbed + 25 * KILLS, "a kill costs what was in flight, and what was not committed yet"
    assert mmdt.verify_search(folder).ok and not list(folder.rglob("*.part"))


def test_an_interrupt_leaves_a_search_that_goes_on(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(CSV)
    with OpenAIServer(responder=reply, latency=0.4).in_thread() as server:
        folder = tmp_path / "s"
        process = start(*verb(folder, file, server))
        until(lambda: settled(folder))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert "mmdt resume" in err and mmdt.open_search(folder).manifest.ended.how == "interrupted"
        assert mmdt.verify_search(folder).ok
