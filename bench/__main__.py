"""Run all benchmarks, one after the other, and save their JSON lines: ``python -m bench [NAME]...``.

A benchmark is a module with a ``main()`` that prints JSON lines. They are printed, and appended to
``bench/results.jsonl`` with the date and the machine.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results.jsonl"
NOT_BENCHMARKS = {"__init__", "__main__", "inputs", "machine", "whole_run"}


def names() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_BENCHMARKS)


def run(name: str) -> list[dict[str, object]]:
    """The JSON lines that a benchmark prints. It runs in a new process, unaffected by earlier benchmarks."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}"], cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def main() -> None:
    chosen = sys.argv[1:] or names()
    failed = []
    for name in chosen:
        try:
            found = run(name)
        except subprocess.CalledProcessError as error:
            failed.append(f"{name} ended with code {error.returncode}")
            continue
        for line in found:
            context = {
                "at": f"{datetime.now(UTC):%Y-%m-%d}",
                "cores": os.cpu_count(),
                "python": platform.python_version(),
            }
            with RESULTS.open("a") as file:
                file.write(json.dumps({**line, **context}) + "\n")
            print(json.dumps(line), flush=True)
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
