"""Whether memory stays flat while requests wait in batches: the peak of `mmdt run --batch`, 10,000 cases over 1,000.

Every case has a picture of 50 KB. The provider is a local server that processes batches. Prints one JSON line.

    python -m bench.batch_memory [--few 1000] [--many 10000]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

from bench.api_throughput import ROOT, make_pictures
from bench.whole_run import whole_run
from tests.servers.cli import spawned

PICTURES = 200
"""Number of different pictures; cases differ by their prompts."""


def write_cases(folder: Path, cases: int) -> Path:
    path = folder / f"{cases}.jsonl"
    with path.open("w") as file:
        for number in range(cases):
            case = {"cell": "safety/i2t/typography/queue-jumping", "prompt": f"What is in picture {number}?"}
            file.write(json.dumps({**case, "image": f"{number % PICTURES}.jpg"}) + "\n")
    return path


def peak(url: str, folder: Path, cases: int) -> float:
    """A run's peak resident memory in MB."""
    command = whole_run(url, write_cases(folder, cases))
    command += ["--batch", "model", "--batch-set", "linger=1", "--batch-set", "poll=1"]
    command += ["--out", str(folder / f"run-{cases}")]
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "OPENAI_API_KEY": "local"}, stdout=errors, stderr=errors
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (folder / "errors").read_text()
    return used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, spawned("openai_server") as server:
        folder = Path(name)
        make_pictures(folder, PICTURES)
        few, many = peak(server.url, folder, given.few), peak(server.url, folder, given.many)
    line = {"benchmark": "batch_memory", "few": given.few, "many": given.many}
    print(json.dumps({**line, "few_mb": round(few), "many_mb": round(many), "ratio": round(many / few, 3)}))


if __name__ == "__main__":
    main()
