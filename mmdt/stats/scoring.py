"""Scoring: one output, its case and what was observed become one score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Status
from mmdt.core.scenario import Scenario
from mmdt.core.score import Score, Scored
from mmdt.errors import DataError, MmdtError

NOT_ASKED = "not asked yet"


class Answer(Protocol):
    """A case with what came of it, as the store hands it out (``mmdt.engine.store.Joined``)."""

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

    Raises DataError, naming scenario, case and what was observed, where the score function fails.
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
        raise _score_error(error, answer, scenario) from error


def _score_error(error: Exception, answer: Answer, scenario: Scenario) -> MmdtError:
    """Names the probe that was looked up in vain, where that is what happened."""
    observed = ", ".join(sorted(answer.observations)) or "nothing"
    lost = error.args[0] if isinstance(error, KeyError) and error.args else None
    where = f"{answer.case.cell}, case {answer.case.id}, repeat {answer.repeat}, observed: {observed}"
    if lost in {probe.name for probe in scenario.probes} and lost not in answer.observations:
        cure = "observe again with `mmdt score`"
        return DataError(f"the score needs the probe {lost!r}, which was not observed", where=where, cure=cure)
    what = f"the score function of {scenario.address} failed with {type(error).__name__}: {error}"
    return DataError(what, where=where, cure="check the case's target, or mend the score function")
