"""Seconds from Ctrl-C to the end of a run whose requests hang; the median of several runs.

The server replies to most requests and never to the others. Prints one JSON line.

    python -m bench.interrupt [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.servers.asked import Asked
from tests.servers.behaviour import Fault
from tests.servers.openai_server import OpenAIServer

ROOT = Path(__file__).parents[1]
LIMIT = 2.0
"""Seconds it may take."""


def hangs(asked: Asked, _nth: int) -> Fault:
    return Fault("hang" if asked.prompt.endswith("7") else "answer")


def seconds(folder: Path) -> float:
    with OpenAIServer(behaviour=hangs, latency=0.02).in_thread() as server:
        command = [sys.executable, "-m", "tests.engine.worker", str(folder), server.url]
        environment = {**os.environ, "OPENAI_API_KEY": "sk-bench", "NO_PROXY": "127.0.0.1"}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
            while server.log.answered < 20:
                time.sleep(0.01)
            time.sleep(0.5)
            began = time.perf_counter()
            process.send_signal(signal.SIGINT)
            process.wait()
            return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = statistics.median(seconds(Path(place) / str(number)) for number in range(given.rounds))
    print(
        json.dumps({"bench": "interrupt", "seconds": round(found, 2), "limit": LIMIT, "ratio": round(found / LIMIT, 3)})
    )


if __name__ == "__main__":
    main()
