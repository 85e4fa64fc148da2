"""The time of ``mmdt run`` over that of a bare aiohttp loop: 1,000 pictures of about 32 KB, a reply after 0.5 s.

Every contender is a process, timed from start to end. For mmdt this includes start-up, loading the data, generation,
observation, storage and the scorecard. inspect_ai, evalscope and promptfoo send the same requests for comparison where
they are installed (`make bench` and `make peers` do it); they score nothing. The server counts: a contender that sends
anything but each case once ends the benchmark. Prints one JSON line for each number of requests in flight: the median
seconds and processor seconds of each contender, the most requests that the server saw at once, the true size of the
pictures, the versions, and the load of the machine, which must be idle for the times to mean anything.

    python -m bench.command_throughput [--cases 1000] [--latency 0.5] [--rounds 3] [--in-flight 64 256]
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.api_throughput import PROMPT, ROOT, make_pictures
from bench.machine import Took, load, mean_size, timed, warn_if_busy
from bench.peers.contender import Contender, Work
from bench.peers.evalscope_command import EVALSCOPE
from bench.peers.inspect_command import INSPECT_AI
from bench.peers.promptfoo_command import PROMPTFOO
from bench.whole_run import whole_run
from tests.servers.asked import Asked
from tests.servers.cli import spawned


def bare(work: Work) -> list[str]:
    cases = sum(1 for _ in work.cases())
    command = [sys.executable, "-m", "bench.api_throughput", "--contender", "bare", "--url", work.url]
    return [*command, "--folder", str(work.folder), "--cases", str(cases), "--in-flight", str(work.in_flight)]


def whole(work: Work) -> list[str]:
    command = whole_run(work.url, work.folder / "cases.jsonl")
    return [*command, "--concurrency", str(work.in_flight), "--out", str(work.run), "--fresh"]


LIMITS = {64: 1.10, 256: 1.25}
"""Targets of mmdt's ratio on an idle machine, by requests in flight."""
CONTENDERS = (
    Contender("bare", bare, lambda: importlib.metadata.version("aiohttp")),
    Contender("mmdt", whole, lambda: importlib.metadata.version("mmdt")),
    INSPECT_AI,
    EVALSCOPE,
    PROMPTFOO,
)


def write_cases(folder: Path, cases: int) -> None:
    with (folder / "cases.jsonl").open("w") as file:
        for number in range(cases):
            case = {"cell": "safety/i2t/typography/queue-jumping", "prompt": PROMPT.format(number=number)}
            file.write(json.dumps({**case, "image": f"{number}.jpg"}) + "\n")


def check(name: str, work: Work, log: Mapping[str, Any]) -> None:
    """Every case was asked once, with its prompt and its picture, and answered. Ends the benchmark otherwise."""
    expected = {Asked("text", prompt, (picture.read_bytes(),)).question: 1 for prompt, picture in work.cases()}
    asked: Mapping[str, int] = log["by_question"]
    if asked != expected or log["answered"] != len(expected):
        raise SystemExit(
            f"{name} did other work: of {len(expected)} cases it asked {len(asked.keys() & expected.keys())} in "
            f"{log['requests']} requests, of which {log['answered']} were answered, and "
            f"{len(asked.keys() - expected.keys())} other questions"
        )


@dataclass(frozen=True, slots=True)
class Round:
    took: Took
    peak: int


def one(contender: Contender, work: Work, latency: float) -> Round:
    """One contender at a server of its own, which starts before the clock does. What it wrote is deleted at the very
    end: ext4 takes several times as long to create files for minutes after others were deleted."""
    with spawned("openai_server", "--latency", str(latency)) as server:
        work = replace(work, url=server.url, run=Path(tempfile.mkdtemp(prefix="run-", dir=work.folder)))
        contender.prepare(work)
        keys = {"OPENAI_API_KEY": "local", "PROMPTFOO_CONFIG_DIR": str(work.run)}
        took, _ = timed(contender.command(work), ROOT, {**os.environ, **keys, **contender.environment})
        log = server.log()
    check(contender.name, work, log)
    return Round(took, log["peak"])


def compare(contenders: Iterable[Contender], work: Work, latency: float, rounds: int) -> dict[str, object]:
    """Medians of interleaved rounds, so that a slowdown of the machine affects all contenders. A peer that fails in a
    round has no figure for it."""
    found: dict[str, list[Round]] = defaultdict(list)
    for _ in range(rounds):
        for contender in contenders:
            try:
                took = one(contender, work, latency)
            except SystemExit as failed:
                if contender in CONTENDERS[:2]:
                    raise
                print(f"{contender.name} has no figure in this round: {failed}", file=sys.stderr)
            else:
                found[contender.name].append(took)
    median = {name: statistics.median(each.took.wall for each in each_round) for name, each_round in found.items()}
    cpu = {name: statistics.median(each.took.cpu for each in each_round) for name, each_round in found.items()}
    return {
        **{f"{name}_s": round(seconds, 2) for name, seconds in median.items()},
        **{f"{name}_cpu_s": round(seconds, 2) for name, seconds in cpu.items()},
        **{f"{name}_ratio": round(value / median["bare"], 2) for name, value in median.items() if name != "bare"},
        **{f"{name}_peak": max(each.peak for each in each_round) for name, each_round in found.items()},
        **({"limit": LIMITS[work.in_flight]} if work.in_flight in LIMITS else {}),
    }


def installed() -> list[Contender]:
    """Those that can take part; each other one is named on stderr."""
    for contender in CONTENDERS:
        if line := contender.missing():
            print(line, file=sys.stderr)
    return [contender for contender in CONTENDERS if not contender.missing()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[64, 256])
    given = parser.parse_args()
    contenders, busy = installed(), warn_if_busy(load())
    versions = {each.name: each.version() or "not installed" for each in CONTENDERS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_pictures(folder, given.cases)
        write_cases(folder, given.cases)
        picture = {"picture_kb": mean_size(folder), "cores": os.cpu_count(), "busy": busy, "versions": versions}
        for in_flight in given.in_flight:
            before = load()
            found = compare(contenders, Work("", folder, in_flight), given.latency, given.rounds)
            line = {"benchmark": "command_throughput", "cases": given.cases, "in_flight": in_flight}
            print(json.dumps({**line, "latency_s": given.latency, **picture, "load": before, **found}), flush=True)


if __name__ == "__main__":
    main()
