"""The test of mmdt's own ruler: do its intervals cover rates that were planted, as often as they claim to?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mmdt.core.estimate import Estimate
from mmdt.stats.basics import wilson
from mmdt.stats.special import bdtr

ACCEPTED = (0.93, 0.97)
"""Coverage of 95 % intervals that is accepted; Wilson's own varies by this much with rate and number."""
Verdict = Literal["holds", "too narrow", "too wide", "undecided"]


@dataclass(frozen=True, slots=True)
class RulerReport:
    """How often intervals covered the planted truth.

    ``coverage`` is ``covered / checked`` with its own 95 % Wilson interval (``low``, ``high``). A planted rate of
    exactly 0 or 1 leaves nothing to chance: such pairs are ``certain``, left out of the coverage, and any that is not
    covered (``certain_missed``) is a fault of the pipeline. That is not so for a signed difference, which is nought on
    average only; a metric of which some interval reaches below nought is one. ``unknown`` estimates had no interval.
    ``bias`` is the mean of (value - truth), ``width`` the mean width of the intervals checked.
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

    @property
    def verdict(self) -> Verdict:
        """``undecided``: outside the accepted range, but by no more than chance may make of so few pairs."""
        least, most = ACCEPTED
        if self.certain_missed or self.high < least:
            return "too narrow"
        if self.low > most:
            return "too wide"
        return "holds" if self.checked and least <= self.coverage <= most else "undecided"


def check_ruler(pairs: Iterable[tuple[Estimate, float]]) -> RulerReport:
    """Hold estimates against the truth that was planted, (estimate, truth) by (estimate, truth).

    The pairs should come from many seeds, and from outputs that no two of them share: coverage within one run of
    an organism says little, since its intervals miss or cover together.
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
    )


def coverage_p_value(covered: int, checked: int, nominal: float = 0.95) -> float:
    """The probability that intervals with the ``nominal`` coverage hold the truth this rarely: a one-sided exact
    binomial test of ``checked`` independent intervals, of which ``covered`` hold it. Small where they are too narrow.
    """
    return float(bdtr(covered, checked, nominal))
