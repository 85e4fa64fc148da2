"""The time of ``mmdt run`` over that of a bare aiohttp loop: 1,000 pictures of 50 KB, a reply after 0.5 s.

Every contender is a process, timed from start to end. For mmdt this includes start-up, loading the data, generation,
observation, storage and the scorecard. inspect_ai sends the same requests for comparison, if it is installed. Prints
one JSON line for each number of requests in flight.

    python -m bench.command_throughput [--cases 1000] [--latency 0.5] [--rounds 3] [--in-flight 64 256]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.api_throughput import PROMPT, ROOT, make_pictures
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


CONTENDERS: dict[str, Command] = {"bare": bare, "mmdt": whole, "inspect_ai": inspect}


def write_cases(folder: Path, cases: int) -> None:
    with (folder / "cases.jsonl").open("w") as file:
        for number in range(cases):
            case = {"cell": "safety/i2t/typography/queue-jumping", "prompt": PROMPT.format(number=number)}
            file.write(json.dumps({**case, "image": f"{number}.jpg"}) + "\n")


def seconds(command: list[str]) -> float:
    environment = {**os.environ, "OPENAI_API_KEY": "local"}
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    elapsed = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command)}\nended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return elapsed


def compare(url: str, folder: Path, cases: int, in_flight: int, rounds: int, contenders: list[str]) -> dict[str, float]:
    """Medians of interleaved rounds, so that a slowdown of the machine affects all contenders."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name in contenders:
            found[name].append(seconds(CONTENDERS[name](url, folder, cases, in_flight)))
            shutil.rmtree(folder / "run", ignore_errors=True)
    median = {name: statistics.median(values) for name, values in found.items()}
    ratios = {f"{name}_ratio": round(value / median["bare"], 2) for name, value in median.items() if name != "bare"}
    return {**{f"{name}_s": round(value, 2) for name, value in median.items()}, **ratios}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[64, 256])
    given = parser.parse_args()
    contenders = [name for name in CONTENDERS if name != "inspect_ai" or importlib.util.find_spec("inspect_ai")]
    with tempfile.TemporaryDirectory() as name, spawned("openai_server", "--latency", str(given.latency)) as server:
        folder = Path(name)
        make_pictures(folder, given.cases)
        write_cases(folder, given.cases)
        for in_flight in given.in_flight:
            found = compare(server.url, folder, given.cases, in_flight, given.rounds, contenders)
            line = {"benchmark": "command_throughput", "cases": given.cases, "in_flight": in_flight}
            print(json.dumps({**line, "latency_s": given.latency, **found}), flush=True)


if __name__ == "__main__":
    main()
