"""The limits on money and requests hold however often the process is killed."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

import mmdt
from mmdt.engine.store.store import Store
from tests.servers.cli import ROOT
from tests.servers.openai_server import OpenAIServer
from tests.waiting import until

PRICES = '{"input": 0, "output": 1000}'
EACH = 0.005
"""Dollars for an answer of ``Priced``."""
KEY = "sk-planted-0123456789abcdef"


class Priced(OpenAIServer):
    """Every answer has five tokens."""

    def answer(self, asked, reply, fault):
        usage = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
        return {**super().answer(asked, reply, fault), "usage": usage}


def start(*arguments):
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, "-m", "mmdt", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(server, folder, *limits):
    return start(
        *("run", "openai/gpt-4o", "--select", "safety/i2t/typography", "--data", "embedded", "--size", 100, "-c", 16),
        *("--base-url", server.url, "--judge", "embedded", "--allow-embedded-judge", "--out", folder, *limits),
    )


def killed_again_and_again(server, folder, kills, *limits):
    """Kill the run, and each of its successors, after a few requests; then let the last one end."""
    seed = random.randrange(2**32)
    print("seed", seed)
    dice = random.Random(seed)
    process = run(server, folder, *limits)
    for _ in range(kills):
        enough = server.log.requests + dice.randint(1, 12)
        until(lambda: process.poll() is not None or server.log.requests >= enough)  # noqa: B023 - called at once
        time.sleep(dice.uniform(0.0, 0.08))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        until(lambda: not server.log.in_flight)
        process = start("resume", folder)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 4, out + err


@pytest.mark.slow
def test_a_limit_on_requests_survives_kills(tmp_path):
    with OpenAIServer(latency=0.05).in_thread() as server:
        killed_again_and_again(server, tmp_path / "run", 5, "--max-requests", 100)
        assert server.log.requests <= 100
        assert server.log.requests > 60, "and it was used: only what was in flight counts as spent unseen"
    with Store.open(tmp_path / "run") as store:
        assert sum(each.requests for each in store.spent().values()) == 100


@pytest.mark.slow
def test_a_limit_on_money_survives_kills(tmp_path):
    with Priced(latency=0.05).in_thread() as server:
        killed_again_and_again(server, tmp_path / "run", 9, "--max-cost", 150 * EACH, "--set", f"prices={PRICES}")
        spent = server.log.requests * EACH
    assert spent <= 150 * EACH + 1e-9
    with Store.open(tmp_path / "run") as store:
        booked = store.spent()["openai/gpt-4o"].usage.cost
    assert spent <= booked + 1e-9, "what was spent is booked"
    assert booked <= 150 * EACH + 1e-9


def test_the_seconds_of_killed_parts_are_counted(tmp_path):
    def seconds():
        with Store.open(tmp_path / "run") as store:
            return store.kept().seconds

    with OpenAIServer(latency=0.2).in_thread() as server:
        process = run(server, tmp_path / "run", "--limit", 60)
        until(lambda: (tmp_path / "run/store.kept").exists() and seconds() > 0.2)
        process.kill()
        process.communicate()
        worked = seconds()
        resumed = start("resume", tmp_path / "run")
        resumed.communicate()
    assert mmdt.open_run(tmp_path / "run").manifest.seconds > worked
