"""Seconds of ``mmdt --help`` over those of an empty Python program; medians of interleaved rounds."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

ROUNDS = 9
COMMANDS = {"python": [sys.executable, "-c", ""], "help": [sys.executable, "-m", "mmdt", "--help"]}


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    found: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            found[name].append(seconds(command))
    median = {name: statistics.median(values) for name, values in found.items()}
    ratio = median["help"] / median["python"]
    print(json.dumps({"benchmark": "startup", "help_s": round(median["help"], 3), "ratio": round(ratio, 2)}))


if __name__ == "__main__":
    main()
