"""Seconds to make 1,000 harder cases offline with every black-box method in turn, saved with their pictures."""

from __future__ import annotations

import json
import random
import tempfile
import time
from pathlib import Path

from mmdt import plugins
from mmdt.attacks.save import save_cases
from mmdt.core.behaviour import Behaviour
from mmdt.data.splits.apply import Applied, chains_of, harder
from mmdt.synthetic.mischief.category import categories

CASES = 1_000
SKIPPED = ("insertion", "false-premise", "synonyms", "typographic-label")
"""They need facts of a case: a label, a claim, a known word."""


def main() -> None:
    chains = []
    for name in plugins.attacks():
        attack = plugins.attack(name)
        if attack.access == "black" and attack.fits("i2t") and name not in SKIPPED and "injection" not in name:
            chains.append(f"typography+{name}" if attack.kind == "picture" else name)
    each = -(-CASES // len(chains) // len(categories()))
    rows: list[Behaviour] = [
        behaviour for one in categories().values() for behaviour in one.behaviours(random.Random(1), each)
    ]
    told, started = Applied(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        save_cases(harder(rows, chains_of(chains, {}), "i2t", [1], told), Path(folder))
    seconds = time.perf_counter() - started
    made = told.made.total()
    found = {
        "benchmark": "attacks",
        "methods": len(chains),
        "cases": made,
        "seconds_per_1000": round(seconds / made * 1000, 1),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
