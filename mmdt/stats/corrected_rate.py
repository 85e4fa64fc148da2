"""The rate of a finding over all outputs, corrected for the errors of the detector that looked at some of them."""

from __future__ import annotations

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Sample
from mmdt.stats.estimates import count_missing
from mmdt.stats.intervals.product import product_interval
from mmdt.stats.judge_correction import JudgeErrors, corrected
from mmdt.stats.metrics import mean_given, mean_of

METHOD = "Rogan-Gladen, Lang-Reiczigel interval, MOVER with the share pictured"


def corrected_rate(name: str, sample: Sample, errors: JudgeErrors, *, found: str, inspected: str) -> Estimate:
    """The corrected rate of ``found`` among the inspected outputs, times their share of all outputs.

    ``found`` and ``inspected`` are components, 0 or 1. An output that was not inspected holds no finding, and that
    needs no detector. ``extra``: the rate as seen among the inspected outputs, sensitivity and specificity.
    """
    share = mean_of(inspected).estimate(sample)
    among = corrected(mean_given(found, inspected, direction="lower").estimate(sample), errors)
    low, high = product_interval(among, share)
    return Estimate(
        metric=name,
        value=among.value * share.value,
        low=max(low, 0.0),
        high=min(high, 1.0),
        n=share.n,
        clusters=share.clusters,
        missing=count_missing(sample.rows),
        direction="lower",
        method=METHOD,
        extra=dict(among.extra),
    )
