"""What a benchmark says about the machine that it ran on: its load, and the processor time of each contender."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BUSY = 0.25
"""Processes that want a core, as a share of the cores, above which times say little."""
_LOOK = 0.2
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds from start to end, and seconds of processor time of the process and all that it started.
    ``megabytes``: what these took together at most, memory that they share counted once (0 where it is not known)."""

    wall: float
    cpu: float
    megabytes: float = 0.0


def timed(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], *, memory: bool = False
) -> tuple[Took, str]:
    """Run a command to its end; what it took (its ``memory`` too where wanted) and printed. Ends this process, with the
    last output, if it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        most = _Most(process.pid) if memory else None
        printed, errors = process.communicate()
    elapsed, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        said = f"{printed[-2000:]}{errors[-2000:]}"
        raise SystemExit(f"{' '.join(command)}\nended with {process.returncode}:\n{said}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Took(elapsed, cpu, most.megabytes() if most else 0.0), printed


class _Most:
    """The most memory that a process and all that it started took together, looked at several times a second (Linux).

    Of what several of them share, each counts its part (PSS), so that it is counted once."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._most = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def megabytes(self) -> float:
        """Once the process has ended."""
        self._thread.join()
        return round(self._most * 1024 / 1e6)

    def _watch(self) -> None:
        while now := sum(map(_kilobytes, _family(self._process))):
            self._most = max(self._most, now)
            time.sleep(_LOOK)


def _family(process: int) -> list[int]:
    found = [process]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    return found


def _kilobytes(process: int) -> int:
    """0 for a process that has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


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
