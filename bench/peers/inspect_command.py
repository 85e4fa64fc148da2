"""inspect_ai: its command line on a task of ours, in the environment of the benchmarks."""

from __future__ import annotations

import importlib.metadata
import sys

from bench.peers.contender import Contender, Work

TASK = "bench/peers/inspect_task.py"


def command(work: Work) -> list[str]:
    limits = ["--max-connections", str(work.in_flight), "--max-samples", str(work.in_flight)]
    start = [sys.executable, "-m", "inspect_ai", "eval", TASK, "--model", "openai/gpt-4o"]
    start += ["--model-base-url", work.url, *limits, "-T", f"folder={work.folder}", "--display", "none"]
    return [*start, "--log-dir", str(work.run)]


def version() -> str:
    try:
        return importlib.metadata.version("inspect-ai")
    except importlib.metadata.PackageNotFoundError:
        return ""


INSPECT_AI = Contender("inspect_ai", command, version, "pip install inspect-ai")
