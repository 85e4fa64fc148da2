"""Scoring: from one output, its case and its observations to one score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Status
from mmdt.core.scenario import Scenario
from mmdt.core.score import Score, Scored
from mmdt.stats.default_clusters import request_of, shared_by
from mmdt.stats.score_faults import fault_of

NOT_ASKED = "not asked yet"
CUT_OFF = "the answer was cut off at the token limit"
CUT_OFF_REASONING = "the token limit was reached before the answer began: raise max_tokens"
NO_ANSWER = "the model reasoned and gave no answer"
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


def score(trial: Trial, scenario: Scenario, *, keep_cut_off: bool = True) -> Scored:
    """Score one output by its scenario's score function; a failed, absent or empty output is missing without a call.

    An output whose score function fails is missing too, with the reason: it must not hide the numbers of all others.
    ``keep_cut_off``: score answers that a token limit cut off by what is there; otherwise they are missing.
    """
    case, output = trial.case, trial.output
    cut_off = output is not None and output.cut_off
    found = Score.unknown(CUT_OFF) if cut_off and not keep_cut_off else _score(trial, scenario)
    return Scored(
        case.id,
        case.cell,
        case.group,
        trial.repeat,
        found,
        cut_off,
        shared_by(case),
        benign=case.benign,
        pair=request_of(case),
        twin_of=case.twin_of.id if case.twin_of else "",
        model=output.model if output else "",
        system=output.backend if output else "",
    )


def _score(trial: Trial, scenario: Scenario) -> Score:
    output = trial.output
    if output is None:
        return Score.unknown(NOT_ASKED)
    if output.status is Status.FAILED:
        failure = output.failure
        return Score.unknown(f"{failure.kind}: {failure.message}" if failure else "failed")
    if output.empty and output.reasoning:
        return Score.unknown(CUT_OFF_REASONING if output.cut_off else NO_ANSWER)
    try:
        found = scenario.score(trial.case, output, trial.observations)
        wrong = fault_of(found, scenario)
    except Exception as error:
        return Score.unknown(_why_missing(error, trial, scenario))
    return Score.unknown(wrong) if wrong else found


def broken(trial: Trial, scenario: Scenario) -> str:
    """What is wrong with the score function, judged by an output that has all its observations; empty if nothing."""
    output = trial.output
    if output is None or output.status is Status.FAILED:
        return ""
    try:
        return fault_of(scenario.score(trial.case, output, trial.observations), scenario)
    except Exception as error:
        why = _why_missing(error, trial, scenario)
        return "" if why.endswith(NOT_OBSERVED) else why


def _why_missing(error: Exception, trial: Trial, scenario: Scenario) -> str:
    """Names the probe without an observation, if looking that up is what failed."""
    key = error.args[0] if isinstance(error, KeyError) and error.args else None
    if key in {probe.name for probe in scenario.probes} and key not in trial.observations:
        return f"{key}: {NOT_OBSERVED}"
    return f"the score function of {scenario.address} failed: {type(error).__name__}: {error}"
