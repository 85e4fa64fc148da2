"""Whether memory stays flat: peak memory of a run with 20,000 cases over that of a run with 1,000.

Each run is a separate process that creates a store, adds the cases (64 different pictures) and executes them with an
in-process model and an evaluator. Prints one JSON line.

    python -m bench.memory [--few 1000] [--many 20000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.engine_overhead import Sleeper
from bench.inputs import make_cases, make_scenarios, marker
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.progress import End
from mmdt.engine.store.store import Store


async def run(cases: int) -> float:
    """Peak resident memory in MB after a run of this size."""
    with tempfile.TemporaryDirectory() as folder, Store.create(Path(folder) / "run") as store:
        store.add_cases(make_cases(cases, pictures=64))
        endpoint = Endpoint(Sleeper(0.001), Limits(concurrency=256), Budget())
        outcome = await execute(store, make_scenarios(), endpoint, {"marker": marker()}, seed=1)
        assert outcome.end is End.COMPLETE, outcome
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(cases: int) -> float:
    command = [sys.executable, "-m", "bench.memory", "--one", str(cases)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=1000)
    parser.add_argument("--many", type=int, default=20_000)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(asyncio.run(run(given.one)))
        return
    few, many = measured(given.few), measured(given.many)
    result = {
        "bench": "memory",
        "few_cases": given.few,
        "few_mb": round(few, 1),
        "many_cases": given.many,
        "many_mb": round(many, 1),
        "more_mb": round(many - few, 1),
        "ratio": round(many / few, 3),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
