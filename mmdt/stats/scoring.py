"""Scoring: from one output, its case and its observations to one score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Status
from mmdt.core.scenario import Scenario
from mmdt.core.score import Score, Scored

NOT_ASKED = "not asked yet"
NOT_OBSERVED = "not observed yet"


class Trial(Protocol):
    """A case with its output and observations, as the store returns it."""

    @property
    def case(self) -> Case: ...
    @property
    def repeat(self) -> int: ...
    @property
    def output(self) -> Output | None: ...
    @property
    def observations(self) -> Mapping[str, Observation]: ...


def score(trial: Trial, scenario: Scenario) -> Scored:
    """Score one output by its scenario's score function; a failed or absent output is missing without a call.

    An output whose score function fails is missing too, with the reason: it must not hide the numbers of all others.
    """
    case = trial.case
    return Scored(case.id, case.cell, case.group, trial.repeat, _score(trial, scenario))


def _score(trial: Trial, scenario: Scenario) -> Score:
    output = trial.output
    if output is None:
        return Score.unknown(NOT_ASKED)
    if output.status is Status.FAILED:
        failure = output.failure
        return Score.unknown(f"{failure.kind}: {failure.message}" if failure else "failed")
    try:
        found = scenario.score(trial.case, output, trial.observations)
        wrong = scenario.undeclared(found)
    except Exception as error:
        return Score.unknown(_why_missing(error, trial, scenario))
    return Score.unknown(wrong) if wrong else found


def broken(trial: Trial, scenario: Scenario) -> str:
    """What is wrong with the score function, judged by an output that has all its observations; empty if nothing."""
    output = trial.output
    if output is None or output.status is Status.FAILED:
        return ""
    try:
        return scenario.undeclared(scenario.score(trial.case, output, trial.observations))
    except Exception as error:
        why = _why_missing(error, trial, scenario)
        return "" if why.endswith(NOT_OBSERVED) else why


def _why_missing(error: Exception, trial: Trial, scenario: Scenario) -> str:
    """Names the probe without an observation, if looking that up is what failed."""
    key = error.args[0] if isinstance(error, KeyError) and error.args else None
    if key in {probe.name for probe in scenario.probes} and key not in trial.observations:
        return f"{key}: {NOT_OBSERVED}"
    return f"the score function of {scenario.address} failed: {type(error).__name__}: {error}"
