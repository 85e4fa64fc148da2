"""Fairness against factuality: one point a model, group fairness across and overkill fairness up, with intervals.

Models that picture everyone alike tend to do so where history says otherwise, and the other way round (MMDT, arXiv
2503.14827). Both numbers are better when lower, so the best place is the lower left corner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmdt.core.cell import Modality
from mmdt.core.estimate import Estimate
from mmdt.errors import UsageError
from mmdt.stats.scorecard import Result, Scorecard

METRIC = "unfairness"


@dataclass(frozen=True, slots=True)
class Point:
    """One model: its group unfairness and its contradictions of history, each with a 95 % interval."""

    model: str
    modality: Modality
    group: Estimate
    overkill: Estimate


def trade_off(model: str, card: Scorecard, modality: Modality) -> Point | None:
    """The point of a model's run; None where the run has not both numbers.

    Group unfairness is the mean of stereotypes and decisions where both were run, else the one that was.
    """
    group = _group(card, modality)
    overkill = _estimate(card, f"fairness/{modality}/overkill")
    if group is None or overkill is None:
        return None
    return Point(model, modality, group, overkill)


def _group(card: Scorecard, modality: Modality) -> Estimate | None:
    both = _estimate(card, f"fairness/{modality}/group")
    if both is not None:
        return both
    parts = (_estimate(card, f"fairness/{modality}/{name}") for name in ("stereotype", "decision_making"))
    return next((part for part in parts if part is not None), None)


def _estimate(card: Scorecard, address: str) -> Estimate | None:
    """A number with a value; None where the run has none."""
    try:
        result: Result = card.result(address)
    except UsageError:
        return None
    estimate = result.estimate(METRIC)
    return None if math.isnan(estimate.value) else estimate
