"""Values, intervals and p-values as text, the same on a terminal and in a report."""

from __future__ import annotations

import math
from collections.abc import Mapping

from mmdt.core.estimate import Direction, Estimate

NO_VALUE = "no value"
DIRECTIONS: Mapping[Direction, str] = {
    "higher": "higher is better",
    "lower": "lower is better",
    "neither": "neither is better",
}
ARROWS: Mapping[Direction, str] = {"higher": "↑", "lower": "↓", "neither": ""}
_NOISE = 1e-12
"""A smaller absolute value is rounding noise and is shown as zero."""


def value_text(value: float, *, percent: bool) -> str:
    """``0.1234`` as ``12.3%``, or as ``0.123`` if it is not a share; ``no value`` for NaN."""
    if math.isnan(value):
        return NO_VALUE
    return f"{_percent_number(value)}%" if percent else plain_text(value)


def end_text(value: float, *, percent: bool) -> str:
    """The end of an axis in short: ``100%``, or the plain value without trailing zeros."""
    if percent:
        return f"{100 * value:.0f}%"
    text = plain_text(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def interval_text(low: float, high: float, *, percent: bool) -> str:
    """``[10.1, 14.8]`` in the value's unit; empty if there is no interval."""
    if math.isnan(low) or math.isnan(high):
        return ""
    if percent:
        return f"[{_percent_number(low)}, {_percent_number(high)}]"
    return f"[{plain_text(low)}, {plain_text(high)}]"


def sample_text(n: int, clusters: int) -> str:
    """``n = 120 in 12 clusters``: how many outputs a number rests on, and how many of them are independent."""
    return f"n = {n:,}" + (f" in {clusters:,} clusters" if clusters != n else "")


def estimate_text(estimate: Estimate, *, percent: bool) -> str:
    """The value followed by its interval."""
    parts = [
        value_text(estimate.value, percent=percent),
        interval_text(estimate.low, estimate.high, percent=percent),
    ]
    return " ".join(part for part in parts if part)


def p_text(p: float) -> str:
    """``p = 0.032``, or ``p < 0.001``; empty for NaN."""
    if math.isnan(p):
        return ""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def signed_text(difference: Estimate, *, percent: bool) -> str:
    """``+3.2 points [1.0, 5.4]``: a difference between percentages is in percentage points."""
    interval = interval_text(difference.low, difference.high, percent=percent)
    size = f"{100 * difference.value:+.1f} points" if percent else f"{difference.value:+.3g}"
    return f"{size} {interval}".rstrip()


def _percent_number(value: float) -> str:
    """A share in percent; never ``-0.0``, to which a small negative number would round."""
    return f"{round(100 * value, 1) + 0.0:.1f}"


def plain_text(value: float) -> str:
    """Three significant digits; an exponent only for very small and very large values."""
    if abs(value) < _NOISE:
        return "0.000"
    if 1e-4 <= abs(value) < 1e6:
        digits = 3 if abs(value) < 1 else max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{value:,.{digits}f}"
    return f"{value:.2e}"
