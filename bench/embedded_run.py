"""Seconds of an offline run of three whole perspectives: an organism, drawn cases and evaluators that look at pixels.

Runs a tenth of the default size, which must end within a tenth of three minutes. Prints one JSON line.

    python -m bench.embedded_run
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import mmdt

GLOBS = ("hallucination/**", "ood/**", "adversarial/**")
SIZE = 2
LIMIT = 18.0
"""Seconds it may take."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run = mmdt.run("organism/demo", select=GLOBS, size=SIZE, out=Path(folder) / "run")
        took = time.perf_counter() - began
        assert run.complete, run.manifest.ended
    print(
        json.dumps(
            {"bench": "embedded_run", "seconds": round(took, 2), "limit": LIMIT, "ratio": round(took / LIMIT, 3)}
        )
    )


if __name__ == "__main__":
    main()
