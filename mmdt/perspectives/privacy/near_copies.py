"""The rate of near copies behind the rate that an erring copy detector reports.

A detector that finds nine copies of ten, and takes one other picture of a hundred for a copy, reports 23 % where 25 %
of the pictures are copies. ``near_copy`` is what it reports; ``near_copy_corrected`` what follows if it errs as often
as it did where it was calibrated. How often it finds copies depends on what a model does to them, which nobody has
measured: the correction supposes the alterations of the calibration, all alike. So it stands beside the reported rate
and never in its place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Sample
from mmdt.core.score import Scored
from mmdt.stats.estimates import missing_of, nowhere
from mmdt.stats.judge_correction import Calibration, corrected
from mmdt.stats.metrics import mean_given, mean_of

DETECTORS = ("crops", "phash")
"""Detectors whose errors are known; a score holds the place of the one that looked as ``detector``."""
NAME = "near_copy_corrected"
METHOD = "Rogan-Gladen, Lang-Reiczigel interval, MOVER with the share pictured"


@dataclass(frozen=True, slots=True)
class Corrected:
    """Among pictures the rate is corrected; a request without a picture is no copy, which no detector has to see.

    No value where the detector's errors are unknown, or differ from output to output. ``extra``: the rate as seen among
    pictures, sensitivity and specificity.
    """

    def __call__(self, sample: Sample) -> Estimate:
        calibration = known_errors(sample.rows)
        return nowhere(NAME, sample.rows, "lower") if calibration is None else estimate(sample, calibration)


def estimate(sample: Sample, calibration: Calibration) -> Estimate:
    """The corrected rate among pictures times the share of requests that brought a picture."""
    seen = mean_given("near_copy", "pictured", direction="lower").estimate(sample)
    pictured = mean_of("pictured").estimate(sample)
    among = corrected(seen, calibration)
    low, high = product_limits(among, pictured)
    return Estimate(
        metric=NAME,
        value=among.value * pictured.value,
        low=max(low, 0.0),
        high=min(high, 1.0),
        n=pictured.n,
        clusters=pictured.clusters,
        missing=missing_of(sample.rows),
        direction="lower",
        method=METHOD,
        extra=dict(among.extra),
    )


def product_limits(one: Estimate, other: Estimate) -> tuple[float, float]:
    """Of the product of two means: MOVER (Zou and Donner 2008), to first order."""
    value = one.value * other.value
    below = math.hypot(other.value * (one.value - one.low), one.value * (other.value - other.low))
    above = math.hypot(other.value * (one.high - one.value), one.value * (other.high - other.value))
    return value - below, value + above


def known_errors(rows: Sequence[Scored]) -> Calibration | None:
    """How often the detector behind the scores errs on such pictures, if all were looked at by one that is known."""
    from mmdt.evaluators.copies.calibration import calibration

    looked = [row.score.values for row in rows if "near_copy" in row.score.values and row.score.values.get("pictured")]
    kinds = {(values.get("detector"), values.get("drawn", 0.0)) for values in looked}
    if len(kinds) != 1:
        return None
    detector, drawn = kinds.pop()
    if detector is None:
        return None
    errors = calibration(DETECTORS[int(detector)]).errors["posters" if drawn else "photographs"]
    return Calibration(errors.copies, errors.found, errors.others, errors.cleared)
