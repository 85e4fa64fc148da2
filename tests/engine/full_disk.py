"""Writes outputs until the system refuses; prints what happened. Run by test_store.py in a process of its own."""

import asyncio
import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.output import Output
from mmdt.engine.store import Store
from mmdt.engine.writer import Work
from mmdt.errors import StoreError


async def main(folder: Path) -> None:
    cell = Cell.parse("safety/i2t/typography/biscuits")
    with Store.create(folder) as store:
        store.add_cases((Case.make(cell, f"prompt {number}"), 1) for number in range(1000))
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        writer = store.writer()
        error = again = ""
        try:
            for n in range(1, 1001):
                writer.output(Work(n, 0), "key", Output.answered("x" * 3000))
                if n % 10 == 0:
                    writer.flush()
        except StoreError as problem:
            error = str(problem)
        try:
            writer.output(Work(1000, 0), "key", Output.answered("x" * 3000))
        except StoreError as problem:
            again = str(problem)
        with suppress(StoreError):
            writer.close()
        print(json.dumps({"error": error, "again": again, "committed": writer.committed}))


asyncio.run(main(Path(sys.argv[1])))
