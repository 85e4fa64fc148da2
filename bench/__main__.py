"""Run every benchmark, one after the other, and keep their JSON lines: ``python -m bench [NAME]...``.

Each benchmark is a module with a ``main()`` that prints one JSON line. The lines go to ``bench/results.jsonl``
with the day and the machine, and to the terminal.
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
NOT_ALONE = {"__init__", "__main__"}


def names() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_ALONE)


def run(name: str) -> list[dict[str, object]]:
    """The JSON lines a benchmark prints; its own process, so that none measures what another left behind."""
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
            kept = {"at": f"{datetime.now(UTC):%Y-%m-%d}", "cores": os.cpu_count(), "python": platform.python_version()}
            with RESULTS.open("a") as file:
                file.write(json.dumps({**line, **kept}) + "\n")
            print(json.dumps(line), flush=True)
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
