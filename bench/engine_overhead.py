"""The engine's own cost: an in-process model that only sleeps, compared with a bare loop that sleeps as often.

Prints a JSON line for each number of requests in flight: the seconds of both, their ratio, and the CPU
milliseconds per case that the engine adds.

    python -m bench.engine_overhead [--cases 2000] [--latency 0.1] [--in-flight 64 256]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.inputs import CELL, make_cases, make_scenarios, marker
from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.progress import End
from mmdt.engine.store.store import Store


@dataclass
class Sleeper:
    """Answers every request after ``latency`` seconds."""

    latency: float
    info = ModelInfo("bench/sleeper", frozenset({"i2t"}), max_images=1, concurrency=1024, organism=True)

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        await asyncio.sleep(self.latency)
        return [Output.answered(f"an answer of some length to {request.prompt}") for request in requests]

    async def close(self) -> None:
        pass


async def bare(cases: int, latency: float, in_flight: int) -> None:
    numbers = iter(range(cases))

    async def worker() -> None:
        for _ in numbers:
            await asyncio.sleep(latency)

    await asyncio.gather(*(worker() for _ in range(in_flight)))


async def engine(cases: int, latency: float, in_flight: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.create(Path(folder) / "run") as store:
        store.add_cases(make_cases(cases, pictures=16))
        began, processor = time.perf_counter(), time.process_time()
        endpoint = Endpoint(Sleeper(latency), Limits(concurrency=in_flight), Budget())
        outcome = await execute(store, make_scenarios(), endpoint, {"marker": marker()}, seed=1)
        assert outcome.end is End.COMPLETE, outcome
        assert store.counts()[str(CELL)].answered == cases
        SPENT[:] = [time.perf_counter() - began, time.process_time() - processor]


SPENT: list[float] = []


def timed(work: Callable[[], Coroutine[Any, Any, None]]) -> tuple[float, float]:
    """Wall-clock and CPU seconds."""
    began, processor = time.perf_counter(), time.process_time()
    asyncio.run(work())
    return time.perf_counter() - began, time.process_time() - processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[64, 256])
    given = parser.parse_args()
    for in_flight in given.in_flight:
        plain, plain_cpu = timed(lambda: bare(given.cases, given.latency, in_flight))  # noqa: B023
        timed(lambda: engine(given.cases, given.latency, in_flight))  # noqa: B023
        whole, whole_cpu = SPENT
        result = {
            "bench": "engine_overhead",
            "cases": given.cases,
            "latency": given.latency,
            "in_flight": in_flight,
            "bare_seconds": round(plain, 3),
            "engine_seconds": round(whole, 3),
            "ratio": round(whole / plain, 3),
            "engine_cpu_ms_a_case": round((whole_cpu - plain_cpu) / given.cases * 1000, 3),
        }
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
