"""The command of a whole run on the embedded judge, which several benchmarks time."""

from __future__ import annotations

import sys
from pathlib import Path


def whole_run(url: str, data: Path) -> list[str]:
    """``mmdt run`` of the cases in ``data`` against the server at ``url``; the folder and the limits are to follow."""
    command = [sys.executable, "-m", "mmdt", "run", "openai/gpt-4o", "--select", "safety/i2t/typography"]
    return [*command, "--base-url", url, "--data", str(data), "--judge", "embedded", "--allow-embedded-judge"]
