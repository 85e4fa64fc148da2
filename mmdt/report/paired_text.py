"""A paired difference in words: the same on a terminal and in a report."""

from __future__ import annotations

import math

from mmdt.core.estimate import Estimate
from mmdt.report.wording import signed_text
from mmdt.stats.paired.compare import Difference
from mmdt.stats.paired.ranks import Rank


def difference_text(each: Difference) -> str:
    """``+3.2 points [1.0, 5.4]``; ``no value``."""
    if math.isnan(each.value):
        return "no value"
    shown = Estimate(each.metric, each.value, each.low, each.high, each.matched, each.clusters)
    return signed_text(shown, percent=each.percent)


def counts_text(each: Difference) -> str:
    """``120 matched cases, 3 unmatched, 2 missing``."""
    counts = [f"{each.matched:,} matched cases"]
    counts += [f"{each.unmatched:,} unmatched"] if each.unmatched else []
    counts += [f"{each.missing:,} missing"] if each.missing else []
    return ", ".join(counts)


def beside(each: Difference) -> list[str]:
    """What belongs beside a difference: what would have been seen, what is missing, and why it may not be
    comparable."""
    lines = []
    if each.verdict == "no difference seen" and not math.isnan(each.detectable):
        lines.append(f"a true difference of {_size(each, each.detectable)} would have been seen in 80 %")
    if not math.isnan(each.if_missing_low):
        limits = f"{_size(each, each.if_missing_low, '+')} to {_size(each, each.if_missing_high, '+')}"
        lines.append(f"whatever the missing outputs are: {limits}")
    return [*lines, *each.notes]


def rank_text(each: Rank) -> str:
    """``rank 1``, ``rank 2 to 4``: those that the run may have."""
    return f"rank {each.low}" if each.low == each.high else f"rank {each.low} to {each.high}"


def _size(each: Difference, value: float, sign: str = "") -> str:
    return f"{100 * value:{sign}.1f} points" if each.percent else f"{value:{sign}.3g}"
