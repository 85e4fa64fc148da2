"""Hard cases: what several surrogates fail at and a careful reader can do, from runs on the same cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mmdt.core.case import Case
from mmdt.errors import UsageError
from mmdt.runs.result import Run

Side = Literal["low", "high"]


@dataclass(frozen=True, slots=True)
class HardCase:
    """A case, with the share of surrogates that fail at it."""

    case: Case
    failed: float


def hard_cases(
    surrogates: Sequence[Run | str | Path],
    component: str,
    *,
    reader: Run | str | Path | None = None,
    fails: Side = "low",
    share: float = 0.5,
) -> tuple[HardCase, ...]:
    """The cases that at least ``share`` of the surrogates fail at, and that ``reader`` gets right where it is given.

    ``component``: the part of the score that counts (``right``, ``harmful``); ``fails``: whether a mean over repeats
    below 0.5 is the failure (``low``) or one of 0.5 and more (``high``). Cases that a run did not score count for
    nothing in that run, and cases that the reader did not score are left out.

    The cases are chosen by failures, so the surrogates' own numbers on them are worse than on new cases like them: ask
    other models. Raises UsageError where no run has the component.
    """
    if not surrogates or not 0 < share <= 1:
        raise UsageError("expected a surrogate and a share above 0 and up to 1", hint="use 0.5")
    cases: dict[str, Case] = {}
    verdicts: dict[str, list[bool]] = defaultdict(list)
    for run in surrogates:
        for case, failed in _verdicts(run, component, fails):
            cases[case.id] = case
            verdicts[case.id].append(failed)
    if not verdicts:
        raise UsageError(
            f"no case has a value of {component!r}", hint=f"use one of the run's components: {_known(surrogates)}"
        )
    able = None if reader is None else {case.id for case, failed in _verdicts(reader, component, fails) if not failed}
    found = [
        HardCase(cases[name], sum(each) / len(each))
        for name, each in verdicts.items()
        if sum(each) / len(each) >= share and (able is None or name in able)
    ]
    return tuple(sorted(found, key=lambda each: (-each.failed, each.case.id)))


def _known(runs: Sequence[Run | str | Path]) -> str:
    """The components of the first run, in words."""
    opened = runs[0] if isinstance(runs[0], Run) else Run.open(runs[0])
    return ", ".join(sorted({name for _, scored in opened.scored() for name in scored.score.values})) or "none"


def _verdicts(run: Run | str | Path, component: str, fails: Side) -> Iterator[tuple[Case, bool]]:
    """Each case that has a value, and whether its mean over repeats is a failure."""
    opened = run if isinstance(run, Run) else Run.open(run)
    values: dict[str, list[float]] = defaultdict(list)
    cases = {}
    for trial, scored in opened.scored():
        if component in scored.score.values:
            cases[trial.case.id] = trial.case
            values[trial.case.id].append(scored.score.values[component])
    for name, each in values.items():
        low = sum(each) / len(each) < 0.5
        yield cases[name], low if fails == "low" else not low
