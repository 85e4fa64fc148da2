"""A run whose process is killed again and again, at any moment, ends like one that was left alone."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from mmdt.core.output import Status
from mmdt.engine.store.store import Store
from mmdt.errors import StoreError
from tests.engine.worker import CASES, all_cases
from tests.servers.behaviour import Fault
from tests.servers.openai_server import OpenAIServer

ROOT = Path(__file__).parents[2]
KILLS = 25


@pytest.fixture(scope="module")
def server():
    with OpenAIServer(latency=0.05).in_thread() as server:
        yield server


def start(folder: Path, server) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.engine.worker", str(folder), server.url]
    environment = {**os.environ, "OPENAI_API_KEY": "sk-test-0123456789abcdef", "NO_PROXY": "127.0.0.1"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def wait_for(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "the run does not get on"
        time.sleep(0.01)


def finish(folder: Path, server) -> dict:
    with start(folder, server) as process:
        return json.loads(process.stdout.read().splitlines()[-1])


def rows(folder: Path) -> list:
    """All that a score could see, in the store's order."""
    with Store.open(folder) as store:
        return [
            (
                row.case.id,
                row.repeat,
                row.output and (row.output.status, row.output.text, [image.digest for image in row.output.images]),
                {name: dict(seen.value) for name, seen in sorted(row.observations.items())},
            )
            for row in store.trials()
        ]


def settled(folder: Path) -> set[str]:
    """Prompts (of the model and of its judge) that need never be asked again."""
    try:
        found = rows(folder)
    except StoreError:
        return set()  # killed before there was a store
    prompts = {case.id: case.prompt for case, _ in all_cases()}
    asked, judged = set(prompts.values()), {f"judge {prompt}" for prompt in prompts.values()}
    for case_id, _, output, seen in found:
        if output is None or output[0] is Status.FAILED:
            asked.discard(prompts[case_id])
        if "verdict" not in seen:
            judged.discard(f"judge {prompts[case_id]}")
    return (asked | judged) if found else set()


def killed_runs(folder: Path, server) -> list[tuple[set[str], dict[str, int]]]:
    """Kill the process again and again; after each kill, what was settled and how often it had been asked."""
    dice, after = random.Random(20261124), []
    for number in range(KILLS):
        with start(folder, server) as process:
            if number % 6 == 0:
                time.sleep(dice.uniform(0.0, 1.0))  # perhaps while it starts, makes its store or adds its cases
            else:
                enough = server.log.requests + dice.randint(1, 90)
                wait_for(lambda: server.log.requests >= enough)  # noqa: B023 - called before the next turn
                time.sleep(dice.uniform(0.0, 0.1))
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert process.returncode == -signal.SIGKILL, "it ended before it was killed: there were too few cases"
        time.sleep(0.1)  # what was sent before the kill has reached the server by now
        after.append((settled(folder), dict(server.log.by_prompt)))
    return after


def grew(numbers: list[int]) -> int:
    return sum(now > before for before, now in pairwise([0, *numbers]))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_is_lost_nothing_is_asked_twice_and_the_end_is_the_same(tmp_path, server):
    after = killed_runs(tmp_path / "killed", server)
    done = [len(found) for found, _ in after]
    assert done == sorted(done), "something committed was lost"
    asked = [sum(counts.values()) for _, counts in after]
    assert grew(asked) >= 20, "so many kills must hit a run that is under way"
    assert grew(done) >= 12, "and many of them after something was committed"
    assert done[-1] < 2 * CASES, "there was nothing left to resume"

    outcome = finish(tmp_path / "killed", server)
    assert outcome["end"] == "complete", outcome

    for found, counts in after:
        again = {prompt for prompt in found if server.log.by_prompt[prompt] != counts[prompt]}
        assert not again, f"asked again though its answer was committed: {sorted(again)[:5]}"

    assert finish(tmp_path / "whole", server)["end"] == "complete"
    assert rows(tmp_path / "killed") == rows(tmp_path / "whole")
    expected = [(case.id, repeat) for case, repeats in all_cases() for repeat in range(repeats)]
    assert [(case_id, repeat) for case_id, repeat, *_ in rows(tmp_path / "killed")] == expected


def test_a_second_process_on_the_same_folder_is_refused(tmp_path, server):
    with start(tmp_path / "run", server) as first:
        first.stdout.readline()
        wait_for(lambda: settled(tmp_path / "run"))
        refused = finish(tmp_path / "run", server)
        assert f"process {first.pid} on " in refused["error"]
        assert str(tmp_path / "run") in refused["error"]
        assert first.poll() is None  # and the first one works on
        first.kill()


def hangs_sometimes(asked, nth):
    return Fault("hang") if asked.prompt.endswith("7") else Fault()


def interrupted(folder: Path, server, number: int) -> float:
    """Interrupt a run whose requests hang; seconds until its process has ended."""
    with start(folder, server) as process:
        process.stdout.readline()
        wait_for(lambda: settled(folder))
        time.sleep(0.5)
        before = len(settled(folder))
        began = time.monotonic()
        process.send_signal(number)
        outcome = json.loads(process.stdout.read().splitlines()[-1])
        process.wait()
        seconds = time.monotonic() - began
    assert process.returncode == 0
    assert outcome["end"] == "interrupted"
    assert outcome["done"] > 0
    assert len(settled(folder)) >= before
    return seconds


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_run_within_two_seconds_though_requests_hang(tmp_path, number):
    with OpenAIServer(behaviour=hangs_sometimes, latency=0.02).in_thread() as server:
        # A machine that is busy with something else may hold one of them up, but not all three.
        assert any(interrupted(tmp_path / f"run-{turn}", server, number) < 2 for turn in range(3))
