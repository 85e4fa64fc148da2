"""A soak: `mmdt run` over HTTP with 200,000 cases while 5 % of all requests meet a fault. Is anything lost, does memory
or the number of open files grow?

The model server is a process of its own; it resets connections, cuts bodies, sends errors, limits and broken JSON.
Memory (resident) and file descriptors of the run are sampled while it asks. Prints one JSON line: the medians over the
second tenth and the last tenth of the answers, their ratios, and what the store, `mmdt verify` and the server say at
the end. Fails if something was lost, or asked again after its answer had arrived, or if memory or descriptors grow.

    python -m bench.soak [--cases 200000] [--faults 0.05] [--in-flight 64]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.api_throughput import ROOT, make_pictures
from bench.batch_memory import PICTURES, write_cases
from mmdt.engine.store.record import read_record
from mmdt.engine.store.writer import KEPT, Kept
from tests.servers.cli import Remote, spawned

FAULTS = "reset,truncated_body,malformed,server_error,rate_limit:0.05,overloaded:0.05,wrong_shape,html"
MEMORY_RATIO = 1.15
"""The allocator keeps some pages; a leak of 100 bytes a case would be more than this."""
MORE_FILES = 16


@dataclass(frozen=True)
class Sample:
    """``done``: outputs kept; ``memory`` in MB; ``files``: open file descriptors."""

    done: int
    memory: float
    files: int


def watched(command: list[str], folder: Path, every: float = 0.5) -> list[Sample]:
    """Run the command to its end and sample it meanwhile."""
    samples: list[Sample] = []
    with (folder / "said").open("w") as said:
        environment = {**os.environ, "OPENAI_API_KEY": "local"}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        seen = psutil.Process(process.pid)
        while process.poll() is None:
            kept = read_record(folder / "run" / KEPT, Kept)
            if kept is not None:
                samples.append(Sample(kept.outputs, seen.memory_info().rss / 1024**2, seen.num_fds()))
            time.sleep(every)
    assert process.returncode == 0, (folder / "said").read_text()[-3000:]
    return samples


def between(samples: list[Sample], low: float, high: float, cases: int) -> tuple[float, float]:
    """Medians of memory and descriptors while this share of the outputs was kept."""
    found = [each for each in samples if low * cases <= each.done < high * cases]
    assert found, f"no sample between {low:.0%} and {high:.0%}: run more cases"
    return statistics.median(each.memory for each in found), statistics.median(each.files for each in found)


def whats_there(folder: Path, server: Remote, cases: int) -> dict[str, Any]:
    """What the store, its digests and the server say. Raises AssertionError if something was lost."""
    import mmdt

    found, seen = mmdt.verify(folder / "run"), server.log()
    answers = seen["answered_by_content"]
    assert found.ok, found.findings
    assert found.counts["outputs"] == found.counts["cases"] == len(answers) == cases, (found.counts, len(answers))
    assert mmdt.open_run(folder / "run").complete
    assert max(answers.values()) == 1, "asked again though its answer had arrived"
    return {"outputs": found.counts["outputs"], "requests": seen["requests"], "faults": seen["requests"] - cases}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--faults", type=float, default=0.05)
    parser.add_argument("--in-flight", type=int, default=64)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        spawned("openai_server", "--script", f"chaos={given.faults}/{FAULTS}") as server,
    ):
        folder = Path(name)
        make_pictures(folder, PICTURES)
        command = [sys.executable, "-m", "mmdt", "run", "openai/gpt-4o", "--select", "safety/i2t/typography"]
        command += ["--base-url", server.url, "--data", str(write_cases(folder, given.cases))]
        command += ["--judge", "embedded", "--allow-embedded-judge", "--concurrency", str(given.in_flight)]
        began = time.monotonic()
        samples = watched([*command, "--attempts", "8", "--out", str(folder / "run")], folder)
        seconds = time.monotonic() - began
        there = whats_there(folder, server, given.cases)
    (early_mb, early_files), (late_mb, late_files) = (
        between(samples, low, low + 0.1, given.cases) for low in (0.1, 0.9)
    )
    line = {"benchmark": "soak", "cases": given.cases, "share_of_faults": given.faults, **there}
    line |= {"seconds": round(seconds), "early_mb": round(early_mb), "late_mb": round(late_mb)}
    line |= {"ratio": round(late_mb / early_mb, 3), "peak_mb": round(max(each.memory for each in samples))}
    print(json.dumps({**line, "early_files": early_files, "late_files": late_files}), flush=True)
    assert late_mb <= MEMORY_RATIO * early_mb, "memory grows"
    assert late_files <= early_files + MORE_FILES, "open files grow"


if __name__ == "__main__":
    main()
