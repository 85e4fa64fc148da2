"""Whether time grows in step with the input: seconds for ten times as much over ten times the seconds for once.

Measures the scorecard of 100,000 outputs, the reading of a long hostile reply for refusals, and the report of 10,000
cases, each beside a tenth of it; 1.0 is linear, 10 quadratic. Prints one JSON line for each.

    python -m bench.large_inputs
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mmdt.core.cell import Cell
from mmdt.core.scenario import Perspective, Scenario
from mmdt.core.score import Score, Scored
from mmdt.reading.refusals.refusals import read_refusal
from mmdt.report.html.report import build_report
from mmdt.stats.metrics import mean_of
from mmdt.stats.scorecard import scorecard
from tests.report.synthetic import report_input, rows

TIMES = 10


def make_card(number: int) -> Callable[[], object]:
    """The scorecard of so many outputs in ten tasks."""
    tasks = tuple(f"t{i}" for i in range(10))
    metric = mean_of("right", name="right")
    declared = Scenario("hallucination", "i2t", "natural", "x", tasks, lambda *_: Score(), (metric,), "right")
    found = [
        Scored(
            f"{n}", Cell("hallucination", "i2t", "natural", tasks[n % 10]), f"g{n // 50}", 0, Score({"right": n % 2})
        )
        for n in range(number)
    ]
    return lambda: scorecard([Perspective("hallucination", "x", (declared,))], found)


def make_reading(number: int) -> Callable[[], object]:
    return lambda: read_refusal("i can't " * number)


def make_report(number: int) -> Callable[[], object]:
    made = report_input(rows(number, side=48))

    def build() -> object:
        with tempfile.TemporaryDirectory() as folder:
            return build_report(made, Path(folder) / "report.html")

    return build


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    for name, make, number in (
        ("scorecard", make_card, 100_000),
        ("refusals", make_reading, 200_000),
        ("report", make_report, 10_000),
    ):
        make(number // TIMES)()  # what is loaded at the first call does not count
        few, many = seconds(make(number // TIMES)), seconds(make(number))
        result = {
            "bench": "large_inputs",
            "what": name,
            "number": number,
            "seconds": round(many, 3),
            "ratio": round(many / (TIMES * few), 2),
        }
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
