"""Scoring: one output, its case and what was observed become one score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Status
from mmdt.core.scenario import Scenario
from mmdt.core.score import Score, Scored

NOT_ASKED = "not asked yet"


class Answer(Protocol):
    """A case with what came of it, as the store hands it out (``mmdt.engine.store.store.Trial``)."""

    @property
    def case(self) -> Case: ...
    @property
    def repeat(self) -> int: ...
    @property
    def output(self) -> Output | None: ...
    @property
    def observations(self) -> Mapping[str, Observation]: ...


def score(answer: Answer, scenario: Scenario) -> Scored:
    """Score one output by its scenario's score function; a failed or absent output is missing before any score.

    An output whose score function fails is missing too, and says why: it must not hide the numbers of all others.
    """
    case = answer.case
    return Scored(case.id, case.cell, case.group, answer.repeat, _score(answer, scenario))


def _score(answer: Answer, scenario: Scenario) -> Score:
    output = answer.output
    if output is None:
        return Score.unknown(NOT_ASKED)
    if output.status is Status.FAILED:
        failure = output.failure
        return Score.unknown(f"{failure.kind}: {failure.message}" if failure else "failed")
    try:
        return scenario.score(answer.case, output, answer.observations)
    except Exception as error:
        return Score.unknown(_why(error, answer, scenario))


def _why(error: Exception, answer: Answer, scenario: Scenario) -> str:
    """Names the probe that was looked up in vain, where that is what happened."""
    lost = error.args[0] if isinstance(error, KeyError) and error.args else None
    if lost in {probe.name for probe in scenario.probes} and lost not in answer.observations:
        return f"{lost}: not observed yet"
    return f"a mistake in the score of {scenario.address}: {type(error).__name__}: {error}"
