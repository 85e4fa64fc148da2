"""A scenario whose data takes its time: after 1,200 cases it waits for a file, and then fails or goes on to 1,300.

``python -m tests.slow_data run FOLDER BASE_URL GATE`` (or ``resume``) asks a model at the URL; a test may kill it.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mmdt
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.scenario import Scenario
from mmdt.core.score import Score
from mmdt.errors import DataError
from mmdt.plugins import SCENARIOS, register
from mmdt.stats.metrics import mean_of
from tests.waiting import until

CELL = Cell("hallucination", "i2t", "slow", "biscuits")
FIRST, ALL = 1200, 1300
BAD = "bad"
"""What the gate holds where the data is to fail."""


def scenario(gate: Path) -> Scenario:
    """``gate``: the file that is waited for."""

    def cases(seed: int, size: int) -> Iterator[Case]:
        for number in range(ALL):
            if number == FIRST:
                wait_for(gate)
            yield Case.make(CELL, f"question {number % 1250}")  # the last fifty are copies

    metrics = (mean_of("there", title="Answered"),)
    return Scenario(
        CELL.perspective, CELL.modality, CELL.scenario, "slow data", (CELL.task,),
        lambda case, output, seen: Score({"there": 1.0}, "answered"), metrics, "there", embedded=cases,
    )  # fmt: skip


def wait_for(gate: Path) -> None:
    until(gate.exists)
    if gate.read_text() == BAD:
        raise DataError("the row is odd", where=f"row {FIRST}", hint="mend it")


def ask(folder: Path, url: str, gate: Path, **more: Any) -> mmdt.Run:
    register(SCENARIOS, "slow", scenario(gate))
    more |= {"data": "embedded", "base_url": url, "concurrency": 8}
    return mmdt.run("openai/gpt-4o", select=str(CELL), out=folder, **more)


def go_on(folder: Path, gate: Path) -> mmdt.Run:
    register(SCENARIOS, "slow", scenario(gate))
    return mmdt.resume(folder)


if __name__ == "__main__":
    verb, where, address, opened = sys.argv[1:]
    run = ask(Path(where), address, Path(opened)) if verb == "run" else go_on(Path(where), Path(opened))
    print(run.manifest.ended.how)
