"""How long it takes to score a stored run again: 100,000 observations in one store, from disk to scorecard.

Prints one JSON line: the seconds for reading alone, and for reading, scoring and estimating.

    python -m bench.rescore [--observations 100000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

from bench.inputs import make_cases, make_scenarios
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.scenario import Perspective
from mmdt.engine.store.store import Store
from mmdt.engine.store.writer import ObservationKey, TrialKey
from mmdt.stats.scorecard import score, scorecard

ASKED = ObservationKey("marked", "marker", "marker.length", "fp-1", "0123456789abcdef")
LIMIT = 5.0
"""Target in seconds."""


async def fill(folder: Path, number: int) -> None:
    with Store.create(folder) as store:
        store.add_cases(make_cases(number))
        with store.writer() as writer:
            for n in range(1, number + 1):
                text = f"A biscuit on a plate, seen for the {n}th time. " * 4
                writer.output(TrialKey(n, 0), "0" * 64, Output.answered(text))
                writer.observation(TrialKey(n, 0), ASKED, Observation({"verdict": n % 3 == 0}, "because", text))


def rescore(folder: Path) -> tuple[float, float]:
    """Seconds for reading alone, and for everything."""
    scenarios = make_scenarios()
    with Store.open(folder) as store:
        began = time.perf_counter()
        number = sum(len(row.observations) for row in store.trials(evaluators={"marker": "fp-1"}))
        read = time.perf_counter() - began
        began = time.perf_counter()
        rows = store.trials(evaluators={"marker": "fp-1"})
        scored = (score(row, scenarios[row.case.cell.parent]) for row in rows)
        card = scorecard([Perspective("safety", "Safety", tuple(scenarios.values()))], scored)
        took = time.perf_counter() - began
    assert card.results[0].estimates[0].n == number
    return read, took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--observations", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        asyncio.run(fill(folder, given.observations))
        read, took = rescore(folder)
    result = {
        "bench": "rescore",
        "observations": given.observations,
        "read_seconds": round(read, 3),
        "seconds": round(took, 3),
        "limit": LIMIT,
        "ratio": round(took / LIMIT, 3),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
