"""What a check found, kept in the user's cache by the evaluator's fingerprint, so that runs can say it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mmdt.cache import cache_folder
from mmdt.errors import DataError

FILE = "evaluator-checks.json"


@dataclass(frozen=True, slots=True)
class CheckFigure:
    """A share with its 95 % interval (Wilson); ``of`` is how many things it is a share of."""

    name: str
    condition: str
    value: float
    low: float
    high: float
    of: float


@dataclass(frozen=True, slots=True)
class CheckReport:
    """How one evaluator did. ``missing``: questions it had no answer to, which count for no figure. ``examples``: what
    is worth a look, the first few."""

    role: str
    evaluator: str
    fingerprint: str
    figures: tuple[CheckFigure, ...]
    questions: int
    missing: int
    why_missing: str = ""
    made: str = ""
    examples: tuple[str, ...] = ()

    def summary(self) -> str:
        """One line for where its numbers are shown: the figures of the first condition."""
        first = [figure for figure in self.figures if figure.condition == self.figures[0].condition]
        said = ", ".join(f"{figure.name} {figure.value:.1%}" for figure in first)
        lost = f"; {self.missing} of {self.questions} unanswered" if self.missing else ""
        return f"checked on known truth: {said}{lost}" if said else ""


def write(reports: Iterable[CheckReport], file: Path) -> None:
    """The reports as JSON, in place of earlier ones of the same role and fingerprint. Raises DataError."""
    kept = {(each.role, each.fingerprint): each for each in (*read(file), *reports)}
    data = msgspec.json.format(msgspec.json.encode(list(kept.values())), indent=1)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(data)
        fresh.replace(file)
    except OSError as error:
        raise DataError(f"the report cannot be written: {error.strerror}", where=str(file), hint="use --out") from error


def read(file: Path) -> list[CheckReport]:
    """The reports in a file; none where it is absent or damaged, for they can be made anew."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[CheckReport])
    except (OSError, msgspec.DecodeError):
        return []


def kept(role: str, fingerprint: str) -> CheckReport | None:
    """What the last check of this very evaluator found, if there was one."""
    mine = (each for each in read(cache_folder() / FILE) if (each.role, each.fingerprint) == (role, fingerprint))
    return next(mine, None)
