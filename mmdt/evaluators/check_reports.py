"""Results of evaluator checks, stored in the user's cache by evaluator fingerprint, so that runs can report them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mmdt.cache import cache_folder
from mmdt.disk.whole import write_whole
from mmdt.errors import DataError
from mmdt.spelling import option

FILE = "evaluator-checks.json"


@dataclass(frozen=True, slots=True)
class CheckFigure:
    """A proportion with its 95 % Wilson interval; ``of`` is the denominator."""

    name: str
    condition: str
    value: float
    low: float
    high: float
    of: float


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of checking one evaluator.

    ``missing``: the number of questions without an answer, which are excluded from all figures. ``examples``: the first
    few cases worth a look. ``made``: when the check ran.
    """

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
        """One line to show beside the evaluator's numbers: the figures of the first condition."""
        first = [figure for figure in self.figures if figure.condition == self.figures[0].condition]
        figures = ", ".join(f"{figure.name} {figure.value:.1%}" for figure in first)
        lost = f"; {self.missing} of {self.questions} unanswered" if self.missing else ""
        return f"checked on known truth: {figures}{lost}" if figures else ""


def write(reports: Iterable[CheckReport], file: Path) -> None:
    """Write the reports as JSON, replacing earlier ones of the same role and fingerprint. Raises DataError."""
    merged = {(each.role, each.fingerprint): each for each in (*read(file), *reports)}
    data = msgspec.json.format(msgspec.json.encode(list(merged.values())), indent=1)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, data, private=False)
    except OSError as error:
        hint = f"choose another file with {option('out')}"
        raise DataError(f"cannot write the report: {error.strerror}", where=str(file), hint=hint) from error


def read(file: Path) -> list[CheckReport]:
    """The reports in a file. An absent or damaged file holds none, because the checks can be repeated."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[CheckReport])
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        return []


def last_report(role: str, fingerprint: str) -> CheckReport | None:
    """The report of the last check of exactly this evaluator, or None."""
    matches = (each for each in read(cache_folder() / FILE) if (each.role, each.fingerprint) == (role, fingerprint))
    return next(matches, None)
