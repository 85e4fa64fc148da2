"""Writes outputs until the disk is full and prints what happened. Tests start it as a separate process.

``python -m tests.engine.full_disk write|run FOLDER``
"""

import asyncio
import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

from mmdt.core.output import Output
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.store.store import Store
from mmdt.engine.store.writer import TrialKey
from mmdt.errors import StoreError
from tests.engine.builders import Measurer, cases, scenarios, talker

LIMIT = 2_000_000


def limited(folder: Path) -> Store:
    """A new run of a thousand cases, in a process that may write no file above the limit from now on."""
    store = Store.create(folder)
    store.add_cases(cases(1000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
    return store


async def write(folder: Path) -> dict:
    """With the writer alone."""
    with limited(folder) as store:
        writer = store.writer()
        error = again = ""
        try:
            for n in range(1, 1001):
                writer.output(TrialKey(n, 0), "key", Output.answered("x" * 3000))
                if n % 10 == 0:
                    writer.flush()
        except StoreError as problem:
            error = str(problem)
        try:
            writer.output(TrialKey(1000, 0), "key", Output.answered("x" * 3000))
        except StoreError as problem:
            again = str(problem)
        with suppress(StoreError):
            writer.close()
        return {"error": error, "again": again, "committed": writer.committed}


async def run(folder: Path) -> dict:
    """With the whole pipeline."""
    with limited(folder) as store:
        model = talker(lambda request: Output.answered("x" * 3000), delay=0.01)
        try:
            await execute(store, scenarios(), Endpoint(model, Limits(), Budget()), {"measure": Measurer()}, seed=1)
        except StoreError as problem:
            return {"error": str(problem), "asked": len(model.asked)}
    return {"error": ""}


print(json.dumps(asyncio.run({"write": write, "run": run}[sys.argv[1]](Path(sys.argv[2])))))
