"""Throughput on a Ray cluster on this machine: a latency-bound model on 1, 2 and 4 workers, and the driver's own limit.

Prints one JSON line: requests per second for each number of workers, the gains over one worker, and rows per second
with a model that answers immediately, where only the driver and its messages take time. Cluster start-up is excluded.

    python -m bench.ray_scaling [--seconds 4] [--rows 10000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.inputs import make_cases, make_scenarios, marker
from mmdt import plugins as registry
from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.progress import End
from mmdt.engine.ray.executor import RayExecutor
from mmdt.engine.store.store import Store

LATENCY = 0.2
AT_ONCE = 16
WORKERS = (1, 2, 4)


class Sleeper:
    """Answers ``at_once`` requests after ``latency`` seconds, like a GPU server or a slow API."""

    def __init__(self, name: str, latency: float, at_once: int) -> None:
        self.latency = latency
        self.info = ModelInfo(name, frozenset({"i2t"}), concurrency=at_once, start_concurrency=at_once, organism=True)

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        await asyncio.sleep(self.latency)
        return [Output.answered(f"You said: {request.prompt}") for request in requests]

    async def close(self) -> None:
        pass


def open_sleeper(rest: str, settings: Mapping[str, Any]) -> Sleeper:
    return Sleeper(f"sleeper/{rest}", settings["latency"], settings["at_once"])


def register() -> None:
    """Register the model in this process; Ray calls this in each of its workers."""
    registry.register(registry.MODELS, "sleeper", open_sleeper)


async def rate(workers: int, cases: int, latency: float, at_once: int) -> float:
    """Requests per second, including observation and storage."""
    executor = RayExecutor("", workers, {"model_cpus": 0.5}, timeout=60)
    model = executor.model("sleeper/x", {"latency": latency, "at_once": at_once})
    with tempfile.TemporaryDirectory() as folder, Store.create(Path(folder) / "run") as store:
        store.add_cases(make_cases(cases))
        endpoint = Endpoint(model, Limits(), Budget())
        try:
            await executor.start(asking=True)
            began = time.perf_counter()
            outcome = await execute(store, make_scenarios(), endpoint, {"marker": marker()}, seed=1)
            seconds = time.perf_counter() - began
        finally:
            await endpoint.close()
            await executor.close()
    assert outcome.end is End.COMPLETE, outcome.reason
    return cases / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rows", type=int, default=10_000)
    given = parser.parse_args()
    import ray

    # Workers have the same priority as the driver, and must be able to import this module.
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0", "PYTHONPATH": str(Path.cwd())}
    register()
    ray.init(
        "local",
        num_cpus=4,
        include_dashboard=False,
        log_to_driver=False,
        object_store_memory=80 * 1024 * 1024,
        runtime_env={"worker_process_setup_hook": "bench.ray_scaling.register"},
    )
    found = {}
    for workers in WORKERS:
        cases = int(workers * AT_ONCE / LATENCY * given.seconds)
        found[workers] = asyncio.run(rate(workers, cases, LATENCY, AT_ONCE))
    driver = asyncio.run(rate(2, given.rows, 0.0, 256))
    gains = {f"gain_{workers}": round(found[workers] / found[1], 2) for workers in WORKERS[1:]}
    rates = {f"workers_{workers}": round(each, 1) for workers, each in found.items()}
    print(json.dumps({"benchmark": "ray_scaling", **rates, **gains, "driver_rows_per_second": round(driver)}))
    ray.shutdown()


if __name__ == "__main__":
    main()
