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
from tests.waiting import until

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
                until(lambda: server.log.requests >= enough)  # noqa: B023 - called before the next turn
                time.sleep(dice.uniform(0.0, 0.1))
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert process.returncode == -signal.SIGKILL, "it ended before it was killed: there were too few cases"
        until(lambda: not server.log.in_flight)  # the server has seen that nobody listens any more
        after.append((settled(folder), dict(server.log.by_prompt)))
    return after


def grew(numbers: list[int]) -> int:
    return sum(now > before for before, now in pairwise([0, *numbers]))


@pytest.mark.slow
@pytest.mark.timeout(600)
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
        until(lambda: settled(tmp_path / "run"))
        refused = finish(tmp_path / "run", server)
        assert f"process {first.pid} on " in refused["error"]
        assert str(tmp_path / "run") in refused["error"]
        assert first.poll() is None  # and the first one works on
        first.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_ends_the_run_though_requests_hang(tmp_path, number):
    """The server never replies to some requests, so a run that waited for one of them would not end; and none is
    asked a second time, so the run did not wait until their time was up either."""
    folder, hung = tmp_path / "run", set()

    def hangs_sometimes(asked, nth):
        if not asked.prompt.endswith("7"):
            return Fault()
        hung.add(asked.prompt)
        return Fault("hang")

    with OpenAIServer(behaviour=hangs_sometimes, latency=0.02).in_thread() as server:
        with start(folder, server) as process:
            until(lambda: hung and settled(folder))
            before = settled(folder)
            process.send_signal(number)
            outcome = json.loads(process.stdout.read().splitlines()[-1])
        assert process.returncode == 0
        assert outcome["end"] == "interrupted"
        assert outcome["done"] > 0
        assert settled(folder) >= before, "something committed was lost"
        assert {server.log.by_prompt[prompt] for prompt in hung} == {1}
        assert not hung & settled(folder)
