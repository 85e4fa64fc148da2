"""The time of ``mmdt run`` over that of a bare aiohttp loop: 1,000 pictures of about 32 KB, a reply after 0.5 s.

Every contender is a process, timed from start to end. For mmdt this includes start-up, loading the data, generation,
observation, storage and the scorecard. inspect_ai sends the same requests for comparison, if it is installed. Prints
one JSON line for each number of requests in flight: the median seconds and processor seconds of each contender, the
true size of the pictures, and the load of the machine, which must be idle for the times to mean anything.

    python -m bench.command_throughput [--cases 1000] [--latency 0.5] [--rounds 3] [--in-flight 64 256]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.api_throughput import PROMPT, ROOT, make_pictures
from bench.machine import Took, load, mean_size, timed, warn_if_busy
from bench.whole_run import whole_run
from tests.servers.cli import spawned

Command = Callable[[str, Path, int, int], list[str]]


def bare(url: str, folder: Path, cases: int, in_flight: int) -> list[str]:
    command = [sys.executable, "-m", "bench.api_throughput", "--contender", "bare", "--url", url]
    return [*command, "--folder", str(folder), "--cases", str(cases), "--in-flight", str(in_flight)]


def whole(url: str, folder: Path, cases: int, in_flight: int) -> list[str]:
    command = whole_run(url, folder / "cases.jsonl")
    return [*command, "--concurrency", str(in_flight), "--out", str(folder / "run"), "--fresh"]


def inspect(url: str, folder: Path, cases: int, in_flight: int) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "inspect_ai",
        "eval",
        "bench/peers/inspect_task.py",
        "--model",
        "openai/gpt-4o",
    ]
    command += ["--model-base-url", url, "--max-connections", str(in_flight), "--max-samples", str(in_flight)]
    return [*command, "-T", f"folder={folder}", "--display", "none", "--log-dir", str(folder / "logs")]


LIMITS = {64: 1.10, 256: 1.25}
"""Targets of mmdt's ratio on an idle machine, by requests in flight."""
CONTENDERS: dict[str, Command] = {"bare": bare, "mmdt": whole, "inspect_ai": inspect}


def write_cases(folder: Path, cases: int) -> None:
    with (folder / "cases.jsonl").open("w") as file:
        for number in range(cases):
            case = {"cell": "safety/i2t/typography/queue-jumping", "prompt": PROMPT.format(number=number)}
            file.write(json.dumps({**case, "image": f"{number}.jpg"}) + "\n")


def compare(
    url: str, folder: Path, cases: int, in_flight: int, rounds: int, contenders: list[str]
) -> dict[str, object]:
    """Medians of interleaved rounds, so that a slowdown of the machine affects all contenders."""
    environment = {**os.environ, "OPENAI_API_KEY": "local"}
    found: dict[str, list[Took]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name in contenders:
            found[name].append(timed(CONTENDERS[name](url, folder, cases, in_flight), ROOT, environment)[0])
            shutil.rmtree(folder / "run", ignore_errors=True)
    median = {name: statistics.median(each.wall for each in took) for name, took in found.items()}
    ratios = {f"{name}_ratio": round(value / median["bare"], 2) for name, value in median.items() if name != "bare"}
    cpu = {f"{name}_cpu_s": round(statistics.median(each.cpu for each in took), 2) for name, took in found.items()}
    limit = {"limit": LIMITS[in_flight]} if in_flight in LIMITS else {}
    return {**{f"{name}_s": round(value, 2) for name, value in median.items()}, **cpu, **ratios, **limit}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[64, 256])
    given = parser.parse_args()
    contenders = [name for name in CONTENDERS if name != "inspect_ai" or importlib.util.find_spec("inspect_ai")]
    busy = warn_if_busy(load())
    with tempfile.TemporaryDirectory() as name, spawned("openai_server", "--latency", str(given.latency)) as server:
        folder = Path(name)
        make_pictures(folder, given.cases)
        write_cases(folder, given.cases)
        picture = {"picture_kb": mean_size(folder), "cores": os.cpu_count(), "busy": busy}
        for in_flight in given.in_flight:
            before = load()
            found = compare(server.url, folder, given.cases, in_flight, given.rounds, contenders)
            line = {"benchmark": "command_throughput", "cases": given.cases, "in_flight": in_flight}
            print(json.dumps({**line, "latency_s": given.latency, **picture, "load": before, **found}), flush=True)


if __name__ == "__main__":
    main()
