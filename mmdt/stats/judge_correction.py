"""Corrects a rate for the errors of a judge, which were counted on cases of known truth."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mmdt.core.estimate import Estimate
from mmdt.errors import UsageError
from mmdt.stats.intervals.special import ndtri
from mmdt.stats.intervals.wilson import LEVEL, wilson


@dataclass(frozen=True, slots=True)
class JudgeErrors:
    """Counts from known truth: how many ``positives`` a judge called positive, how many ``negatives`` negative."""

    positives: int
    called_positive: int
    negatives: int
    called_negative: int

    def __post_init__(self) -> None:
        sound = 0 <= self.called_positive <= self.positives and 0 <= self.called_negative <= self.negatives
        if not sound or not self.positives or not self.negatives:
            raise UsageError(f"impossible counts: {self}", hint="calibrate on cases of both kinds, and count each once")

    @property
    def sensitivity(self) -> float:
        return self.called_positive / self.positives

    @property
    def specificity(self) -> float:
        return self.called_negative / self.negatives


def corrected(seen: Estimate, judge: JudgeErrors, level: float = LEVEL) -> Estimate:
    """The true rate behind the rate ``seen`` by a judge, with an interval that includes both uncertainties.

    Value: Rogan and Gladen (1978, American J. of Epidemiology 107), cut off at 0 and 1. Interval: Lang and Reiczigel
    (2014, Preventive Veterinary Medicine 113), which adds to the counts before it applies the delta method and so
    holds its level near 0 and 1. Its ``n`` is the number of independent outputs whose Wilson interval would be as wide
    as that of ``seen``, so clustering carries over. ``extra`` keeps the rate as seen.
    Raises UsageError for a judge that is no better than chance, because its verdicts say nothing.
    """
    if judge.sensitivity + judge.specificity <= 1:
        raise UsageError(
            "the judge is no better than chance",
            where=f"sensitivity {judge.sensitivity:.2f}, specificity {judge.specificity:.2f}",
            hint="use another judge",
        )
    value = (seen.value + judge.specificity - 1) / (judge.sensitivity + judge.specificity - 1)
    value = min(max(value, 0.0), 1.0) if not math.isnan(value) else value
    low, high = _limits(seen, judge, level)
    return replace(
        seen,
        value=value,
        low=min(low, value),
        high=max(high, value),
        method="Rogan-Gladen, Lang-Reiczigel interval",
        extra={"as_seen": seen.value, "sensitivity": judge.sensitivity, "specificity": judge.specificity},
    )


def _limits(seen: Estimate, judge: JudgeErrors, level: float) -> tuple[float, float]:
    z = float(ndtri((1 + level) / 2))
    n = effective_n(seen, level)
    if math.isnan(n):
        return math.nan, math.nan
    rate = (n * seen.value + z * z / 2) / (n + z * z)
    of_positives, of_negatives = judge.positives + 2, judge.negatives + 2
    sensitivity = (judge.called_positive + 1) / of_positives
    specificity = (judge.called_negative + 1) / of_negatives
    youden = sensitivity + specificity - 1
    if youden <= 0:
        return 0.0, 1.0
    truth = (rate + specificity - 1) / youden
    spread_se = sensitivity * (1 - sensitivity) / of_positives
    spread_sp = specificity * (1 - specificity) / of_negatives
    shift = 2 * z * z * (truth * spread_se - (1 - truth) * spread_sp)
    variance = rate * (1 - rate) / (n + z * z) + truth**2 * spread_se + (1 - truth) ** 2 * spread_sp
    half = z * math.sqrt(variance) / youden
    return min(max(truth + shift - half, 0.0), 1.0), min(max(truth + shift + half, 0.0), 1.0)


def effective_n(seen: Estimate, level: float = LEVEL) -> float:
    """How many independent outputs would give a Wilson interval as wide as the estimate's; NaN without one."""
    width = seen.high - seen.low
    if math.isnan(width) or width <= 0:
        return math.nan
    few, many = 1e-6, 1e12
    for _ in range(100):  # the width falls steadily with n: bisect on a log scale
        middle = math.sqrt(few * many)
        low, high = wilson(seen.value * middle, middle, level)
        few, many = (middle, many) if high - low > width else (few, middle)
    return few
