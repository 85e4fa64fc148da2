"""Accuracy as a curve over the severity of a corruption or painting style.

An embedded case states the severity of its picture, 1 to 5, in ``target["severity"]``. Published rows state none, and
have no curve. Severity 0 is the clean picture, of the scenario ``original``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from mmdt.core.case import Case
from mmdt.core.scenario import Metric, OfCase
from mmdt.stats.metrics import mean_of

SEVERITY = "severity"
SEVERITIES = range(1, 6)


def metric_at(severity: int) -> str:
    """The name of the accuracy at a severity."""
    return f"accuracy_at_{severity}"


CURVE: tuple[Metric, ...] = tuple(
    mean_of("right", name=metric_at(each), title=f"Accuracy at severity {each}", at=(SEVERITY, float(each)))
    for each in SEVERITIES
)


def with_severity(of_case: OfCase) -> OfCase:
    """What is known of a case whatever the model did, with its severity where it states one."""

    def of(case: Case) -> Mapping[str, float]:
        stated = case.target.get(SEVERITY)
        return {**of_case(case), SEVERITY: float(stated)} if _is_severity(stated) else of_case(case)

    return of


def _is_severity(stated: object) -> TypeGuard[int]:
    return type(stated) is int and stated in SEVERITIES
