"""Kills a run's process at random moments, and checks each time that nothing that was committed is asked again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from PIL import Image as Pil

from mmdt.core.output import Status
from mmdt.engine.store.store import Store
from mmdt.errors import StoreError
from tests.servers.cli import ROOT
from tests.waiting import until

KEY = "sk-planted-0123456789abcdef"


def start(*arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, "-m", "mmdt", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def write_cases(folder: Path, number: int) -> Path:
    """A file of cases with one picture; every prompt is different, so that a server can tell them apart."""
    Pil.new("RGB", (8, 8), "red").save(folder / "a.png")
    common = {"cell": "safety/i2t/typography/queue-jumping", "image": "a.png"}
    lines = (json.dumps({**common, "prompt": f"What is in picture {each}?"}) for each in range(number))
    path = folder / "cases.jsonl"
    path.write_text("\n".join(lines))
    return path


def settled(folder: Path) -> set[str]:
    """Prompts with an answer in the store: none of them need be asked again."""
    try:
        with Store.open(folder) as store:
            rows = [(row.case.prompt, row.output) for row in store.trials()]
    except StoreError:
        return set()  # killed before there was a store
    return {prompt for prompt, output in rows if output is not None and output.status is not Status.FAILED}


def killed_to_the_end(server: Any, folder: Path, first: tuple[object, ...], kills: int) -> list[set[str]]:
    """Kill ``first``, and then ``mmdt resume``, at a random moment after its first request, and let the last one end;
    what was settled after each kill. Prints the seed. Raises AssertionError if a settled prompt is asked again."""
    seed = random.randrange(2**32)
    print("seed", seed)
    dice = random.Random(seed)
    after: list[tuple[set[str], dict[str, int]]] = []
    for _ in range(kills):
        before = server.log.requests
        process = start(*_next(folder, first))
        until(lambda: process.poll() is not None or server.log.requests > before)  # noqa: B023 - called at once
        time.sleep(dice.uniform(0.0, 0.8))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        time.sleep(0.3)  # what still runs elsewhere finds out that nobody waits
        until(lambda: not server.log.in_flight)
        after.append((settled(folder), dict(server.log.by_prompt)))
    last = start(*_next(folder, first))
    out, err = last.communicate(timeout=200)
    assert last.returncode == 0, out + err
    for found, counts in after:
        asked_again = {prompt for prompt in found if server.log.by_prompt[prompt] != counts[prompt]}
        assert not asked_again, f"asked again though its answer was committed: {sorted(asked_again)[:5]}"
    return [found for found, _ in after]


def _next(folder: Path, first: tuple[object, ...]) -> tuple[object, ...]:
    return ("resume", folder) if (folder / "manifest.json").exists() else first
