"""A judged mean corrected by a calibration: errors of the judge that people counted on other outputs.

The judge's sensitivity and specificity come from elsewhere, so this is right only as far as the judge errs on these
outputs as it did on those (Rogan and Gladen 1978). Labels of the run itself need no such assumption.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from mmdt.core.estimate import Direction, Estimate
from mmdt.stats.intervals.means import mean_estimate
from mmdt.stats.intervals.product import product_interval
from mmdt.stats.judge_correction import JudgeErrors, corrected
from mmdt.stats.people.corrected import HOLDS, Labelled, with_missing

METHOD = "calibration: Rogan-Gladen, Lang-Reiczigel interval"
ELSEWHERE = "elsewhere"
"""In ``extra``: the labels are of other outputs."""


def calibrated_mean(name: str, rows: Sequence[Labelled], errors: JudgeErrors, *, direction: Direction) -> Estimate:
    """The mean behind the judge's verdicts. NaN where a right verdict would mean another value for some outputs than
    for others, because the errors of the judge then do not say which values are wrong.

    The rate of the verdict among the outputs that it decides about is corrected, with an interval that holds the errors
    of ``errors``; it is multiplied with their share of all outputs, and what needs no verdict is added (MOVER).
    ``extra``: ``labels``, ``as_judged``, ``sensitivity``, ``specificity``. Raises UsageError for a judge that is no
    better than chance."""
    there = [row for row in rows if not math.isnan(row.judged if row.settled else row.stratum)]
    open_ = [row for row in there if not row.settled]
    meanings = {(row.if_yes, row.if_no) for row in open_}
    clusters = len({row.cluster for row in there})
    nothing = Estimate(name, math.nan, math.nan, math.nan, len(there), clusters, len(rows) - len(there), direction, "")
    if len(meanings) != 1 or not meanings <= {(1.0, 0.0), (0.0, 1.0)}:
        return nothing
    among = corrected(_mean([row.stratum for row in open_], open_), errors)
    if (0.0, 1.0) in meanings:
        among = replace(among, value=1 - among.value, low=1 - among.high, high=1 - among.low)
    share = _mean([float(not row.settled) for row in there], there)
    low, high = product_interval(among, share)
    rest = _mean([row.judged if row.settled else 0.0 for row in there], there)
    value = among.value * share.value
    below, above = value - max(low, 0.0), min(high, 1.0) - value
    if rest.value:
        below, above = math.hypot(below, rest.value - rest.low), math.hypot(above, rest.high - rest.value)
    value += rest.value
    return with_missing(
        replace(
            nothing,
            value=value,
            low=max(value - below, 0.0),
            high=min(value + above, 1.0),
            method=METHOD,
            extra={
                "labels": float(errors.positives + errors.negatives),
                ELSEWHERE: 1.0,
                "as_judged": _mean([row.judged for row in there], there).value,
                "sensitivity": errors.sensitivity,
                "specificity": errors.specificity,
            },
            holds=HOLDS,
        ),
        there,
        rows,
    )


def _mean(values: Sequence[float], rows: Sequence[Labelled]) -> Estimate:
    return mean_estimate(
        "", list(values), [row.cluster for row in rows], direction="neither", weights=[row.weight for row in rows]
    )
