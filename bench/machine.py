"""What a benchmark says about the machine that it ran on: its load, and the processor time of each contender."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BUSY = 0.25
"""Processes that want a core, as a share of the cores, above which times say little."""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds from start to end, and seconds of processor time of the process and all that it started."""

    wall: float
    cpu: float


def timed(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> tuple[Took, str]:
    """Run a command to its end; what it took and printed. Ends this process, with the last output, if it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    elapsed, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}:\n{said}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Took(elapsed, cpu), done.stdout


def load() -> float:
    """The mean number of processes that wanted a core in the last minute."""
    return round(os.getloadavg()[0], 2)


def warn_if_busy(before: float) -> bool:
    """Whether the machine had other work when the benchmark began; says so on stderr."""
    cores = os.cpu_count() or 1
    busy = before > BUSY * cores
    if busy:
        print(
            f"the machine is busy: {before:g} processes wanted one of its {cores} cores in the last minute; "
            "compare processor seconds, not times",
            file=sys.stderr,
        )
    return busy


def mean_size(folder: Path, pattern: str = "*.jpg") -> float:
    """Kilobytes (1,000 bytes) of a picture."""
    sizes = [path.stat().st_size for path in folder.glob(pattern)]
    return round(sum(sizes) / len(sizes) / 1000, 1)
