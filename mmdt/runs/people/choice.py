"""What can be labelled in a run: the outputs that a probe's judge looked at, and which of them to label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mmdt.core.output import Status
from mmdt.engine.store.store import Trial
from mmdt.errors import UsageError
from mmdt.runs.result import Run
from mmdt.spelling import option, verb
from mmdt.stats.people.sample import Candidate, choose

Key = tuple[str, int]
"""(case, repeat)"""


@dataclass(frozen=True, slots=True)
class Task:
    """An output to label, with the probability with which it was chosen among those of its verdict."""

    key: Key
    probability: float


def verdict_of(trial: Trial, probe: str) -> bool | None:
    """What the judge said about the output; None if it had no verdict."""
    found = trial.observations.get(probe)
    said = found.value.get("verdict") if found is not None and not found.missing else None
    return said if isinstance(said, bool) else None


def labelable(trial: Trial, probe: str) -> bool:
    """Whether there is something to look at, and the probe asked about it."""
    output = trial.output
    return output is not None and output.status is Status.ANSWERED and probe in trial.observations


def measures(trial: Trial) -> dict[str, float]:
    """What was measured in the output on a continuous scale: ``probe.name`` -> value."""
    return {
        f"{probe}.{name}": float(value)
        for probe, seen in trial.observations.items()
        if not seen.missing
        for name, value in seen.value.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def probes_of(run: Run) -> dict[str, int]:
    """The probes of the run that people can label, with how many outputs each has: those that a judge answered with yes
    or no, and those that measured something, such as the likeness to a training picture."""
    found: dict[str, int] = {}
    for trial in run.joined():
        measured = {name.partition(".")[0] for name in measures(trial)}
        for probe in trial.observations:
            if verdict_of(trial, probe) is not None or probe in measured:
                found[probe] = found.get(probe, 0) + 1
    return found


def checked_probe(run: Run, probe: str) -> str:
    """The probe, or the only one of the run where none is named. Raises UsageError."""
    known = probes_of(run)
    if not known:
        raise UsageError(
            "no judge of this run answered yes or no and nothing was measured, so there is nothing to label",
            where=str(run.folder),
            hint=f"observe it with a judge first: {verb('score', run.folder, judge='MODEL')}",
        )
    if not probe and len(known) == 1:
        return next(iter(known))
    if probe not in known:
        names = ", ".join(sorted(known))
        what = f"the run has no verdicts of the probe {probe!r}" if probe else "the run has verdicts of several probes"
        raise UsageError(what, where=str(run.folder), hint=f"name one with {option('probe', 'NAME')}: {names}")
    return probe


def chosen(run: Run, probe: str, number: int, *, select: tuple[str, ...] = ("**",), seed: int = 0) -> list[Task]:
    """The outputs to label, by verdict and cell; the same for the same seed. Raises UsageError for less than one."""
    if number < 1:
        raise UsageError(f"cannot label {number} outputs", hint=f"use {option('n', 100)}")
    candidates = [
        Candidate((trial.case.id, trial.repeat), str(trial.case.cell), verdict_of(trial, probe))
        for trial in _labelable(run, probe, select)
    ]
    if not candidates:
        raise UsageError("nothing of the selection can be labelled", hint="select cells with answers of the model")
    return [Task(each.key, each.probability) for each in choose(candidates, number, seed)]  # type: ignore[arg-type]


def _labelable(run: Run, probe: str, select: tuple[str, ...]) -> Iterator[Trial]:
    return (trial for trial in run.joined(select) if labelable(trial, probe))
