"""What is wrong with a score that a score function has returned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

from mmdt.core.scenario import Metric, Scenario
from mmdt.core.score import Score


def fault_of(found: Any, scenario: Scenario) -> str:
    """What is wrong with it, in words; empty if nothing is.

    A score holds finite numbers, under components that the scenario declares, within the bounds of the metrics that
    read them. An output whose score is anything else is missing: it must not end as a number, nor without a reason.
    """
    if not isinstance(found, Score):
        return f"the score function of {scenario.address} returned {type(found).__name__}, not a Score"
    if scenario.components and (unknown := found.values.keys() - set(scenario.components)):
        declared, named = ", ".join(scenario.components), ", ".join(sorted(map(str, unknown)))
        return (
            f"the score of {scenario.address} writes {named}, which the scenario does not declare "
            f"(components: {declared})"
        )
    values: Mapping[str, Any] = found.values
    for name, value in values.items():
        if not (type(value) is float or isinstance(value, Real)) or not math.isfinite(value):
            what = f"the score of {scenario.address} has {value!r} for {name}, which is no number"
            return f"{what}: leave the component out where it is not known"
    for metric in scenario.metrics:
        if metric.bounds is not None and (wrong := _outside(found, metric, scenario)):
            return wrong
    return ""


def _outside(found: Score, metric: Metric, scenario: Scenario) -> str:
    """Why the component whose bounds the metric names is outside them; empty if it is not."""
    if metric.bounds is None or metric.components[0] not in found.values:
        return ""
    (low, high), value = metric.bounds, found.values[metric.components[0]]
    if low <= value <= high:
        return ""
    return (
        f"the score of {scenario.address} has {value:g} for {metric.components[0]}, outside {low:g} to {high:g}: "
        f"declare the metric {metric.name} with the right bounds, or with bounds=None"
    )
