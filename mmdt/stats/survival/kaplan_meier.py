"""Kaplan-Meier: the share that has had the event by each time, where some are censored before."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmdt.stats.intervals.wilson import Interval, wilson
from mmdt.stats.survival.times import Times

_ROUNDING = 1e-9
"""A share is a product of many numbers: one half of twelve can come out a little smaller."""


@dataclass(frozen=True, slots=True)
class Step:
    """From ``time`` on, ``share`` have had the event (``events`` of them so far); ``low`` and ``high``: its 95 %
    interval at this time alone. ``at_risk``: how many were still under observation at that time."""

    time: float
    share: float
    low: float
    high: float
    at_risk: int
    events: int


def kaplan_meier(times: Times, until: float) -> tuple[Step, ...]:
    """The steps of the share with the event (one minus the survival), from 0 to ``until``.

    Estimate: Kaplan and Meier (1958, JASA 53). Interval: Wilson's at the effective sample size that Greenwood's
    variance implies (Rothman 1978, J. Chronic Diseases 31), which exists where nothing or everything fell; without
    censoring before a time it is Wilson's own. Empty without any times.
    """
    if not len(times):
        return ()
    survival, hazard, events = 1.0, 0.0, 0
    first = wilson(0, len(times))
    steps = [Step(0.0, 0.0, *first, len(times), 0)]
    marks = sorted({*(each for each in times.event_times if each <= until), float(until)})
    for time in marks:
        risk, fell = times.at_risk(time), times.happened(time)
        if risk and fell:
            events += fell
            survival *= 1 - fell / risk
            hazard += fell / (risk * (risk - fell)) if risk > fell else math.inf
        low, high = _interval(survival, hazard, risk, events, len(times))
        steps.append(Step(time, 1 - survival, low, high, risk, events))
    return tuple(steps)


def _interval(survival: float, hazard: float, risk: int, events: int, number: int) -> Interval:
    """At a survival of ``survival`` whose Greenwood sum is ``hazard``."""
    share = 1 - survival
    if survival <= 0:
        return wilson(max(events, 1), max(events, 1))
    if hazard <= 0:  # nothing has happened: as many as were watched until now
        return wilson(0, max(risk, 1))
    variance = survival * survival * hazard
    effective = min(share * survival / variance, float(number))
    return wilson(share * effective, effective)


def median_time(steps: tuple[Step, ...]) -> tuple[float, float, float]:
    """The time by which half have had the event, and its 95 % interval; infinite where the curve, or an end of its
    interval, does not come to one half.

    The interval holds the times at which one half is within the pointwise interval (Brookmeyer and Crowley 1982,
    Biometrics 38).
    """

    def first(reaches: list[bool]) -> float:
        return next((step.time for step, yes in zip(steps, reaches, strict=True) if yes), math.inf)

    half = 0.5 - _ROUNDING
    middle = first([step.share >= half for step in steps])
    low = first([step.high >= half for step in steps])
    high = first([step.low > 0.5 for step in steps])
    return middle, low, high
