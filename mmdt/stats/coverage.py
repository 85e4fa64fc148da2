"""Checks mmdt's own intervals: do they cover planted rates as often as they claim to?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mmdt.core.estimate import Estimate
from mmdt.stats.intervals.special import bdtr
from mmdt.stats.intervals.wilson import wilson

ACCEPTED = (0.93, 0.97)
"""Accepted coverage of 95 % intervals; that of Wilson's varies by this much with rate and number."""
Verdict = Literal["holds", "too narrow", "too wide", "undecided"]


@dataclass(frozen=True, slots=True)
class RulerReport:
    """How often intervals covered the planted truth.

    ``coverage`` is ``covered / checked`` with its own 95 % Wilson interval (``low``, ``high``). A planted rate of
    exactly 0 or 1 leaves nothing to chance: such pairs are ``certain``, they are not part of the coverage, and one that
    is not covered (``certain_missed``) is a fault of the pipeline. A signed difference is an exception, because it is
    zero on average only; a metric with an interval that reaches below zero is one. ``unknown`` estimates had no
    interval.
    ``bias`` is the mean of (value - truth), ``width`` the mean width of the intervals checked. ``most``: the greatest
    coverage that is accepted.
    """

    checked: int
    covered: int
    coverage: float
    low: float
    high: float
    certain: int
    certain_missed: int
    unknown: int
    bias: float
    width: float
    most: float = ACCEPTED[1]

    @property
    def verdict(self) -> Verdict:
        """``undecided``: outside the accepted range, but not by more than chance for this number of pairs."""
        least, most = ACCEPTED[0], self.most
        if self.certain_missed or self.high < least:
            return "too narrow"
        if self.low > most:
            return "too wide"
        return "holds" if self.checked and least <= self.coverage <= most else "undecided"


def check_ruler(pairs: Iterable[tuple[Estimate, float]], most: float = ACCEPTED[1]) -> RulerReport:
    """Compare estimates with the planted truth, given as pairs of (estimate, truth).

    The pairs should come from many seeds and share no outputs: coverage within one run of an organism says little,
    because its intervals miss or cover together. ``most``: the greatest coverage that is accepted.
    """
    pairs = list(pairs)
    signed = {estimate.metric for estimate, _ in pairs if estimate.low < 0}
    certain = certain_missed = unknown = 0
    hits: list[bool] = []
    errors: list[float] = []
    widths: list[float] = []
    for estimate, truth in pairs:
        if math.isnan(estimate.low) or math.isnan(estimate.high):
            unknown += 1
            continue
        hit = estimate.low <= truth <= estimate.high
        if abs(truth) == 1 or (truth == 0 and estimate.metric not in signed):
            certain += 1
            certain_missed += not hit
            continue
        hits.append(hit)
        errors.append(estimate.value - truth)
        widths.append(estimate.high - estimate.low)
    low, high = wilson(sum(hits), len(hits))
    return RulerReport(
        checked=len(hits),
        covered=sum(hits),
        coverage=sum(hits) / len(hits) if hits else math.nan,
        low=low,
        high=high,
        certain=certain,
        certain_missed=certain_missed,
        unknown=unknown,
        bias=math.fsum(errors) / len(errors) if errors else math.nan,
        width=math.fsum(widths) / len(widths) if widths else math.nan,
        most=most,
    )


def coverage_p_value(covered: int, checked: int, nominal: float = 0.95) -> float:
    """The probability that intervals with the ``nominal`` coverage hold the truth this rarely: a one-sided exact
    binomial test of ``checked`` independent intervals, of which ``covered`` hold it. Small where they are too narrow.
    """
    return float(bdtr(covered, checked, nominal))
