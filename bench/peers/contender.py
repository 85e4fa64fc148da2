"""Who takes part in ``command_throughput``: how each is started, what it reads, and what to do where it is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / ".venv-peers"
"""Where ``make peers`` puts a peer whose dependencies are none of ours: a folder each."""


@dataclass(frozen=True, slots=True)
class Work:
    """What every contender does: the cases of a folder, at a server, so many requests at a time.

    ``cases.jsonl`` of the folder holds the prompts and the names of the pictures. What it writes goes into ``run``, a
    folder of its own each time.
    """

    url: str
    folder: Path
    in_flight: int
    run: Path = Path()

    def cases(self) -> Iterator[tuple[str, Path]]:
        """Prompt and picture of each case."""
        for line in (self.folder / "cases.jsonl").read_text().splitlines():
            case = json.loads(line)
            yield case["prompt"], self.folder / case["image"]


@dataclass(frozen=True, slots=True)
class Contender:
    """``prepare`` writes the cases as the contender reads them, which is not timed; ``command`` is what is timed.

    ``version`` gives the installed version, or "" where it is not installed; ``install`` is the command that does it.
    """

    name: str
    command: Callable[[Work], list[str]]
    version: Callable[[], str]
    install: str = ""
    prepare: Callable[[Work], object] = lambda work: None
    environment: Mapping[str, str] = field(default_factory=dict)

    def missing(self) -> str:
        """One line that says that it takes no part, and how it would; "" where it is installed."""
        if self.version():
            return ""
        return f"{self.name} takes no part: it is not installed here; `{self.install}` installs it"
