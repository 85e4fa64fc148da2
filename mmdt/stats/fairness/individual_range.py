"""The interval of individual unfairness that is computed once, from the accuracies of all cases.

The formula has a kink where a distance is zero: there an estimate is too large whatever the sample, and neither a
bootstrap nor a delta method holds its level (a bootstrap of the bounded variant: 80 % with 40 groups where the favoured
accuracy equals the neutral one). So the two distances get intervals of their own that hold together 95 % of the time,
and the limits are the extremes of the formula over all pairs of distances within these. Such an interval is wider than
necessary, and never too narrow.
"""

from __future__ import annotations

import numpy as np

from mmdt.stats.fairness.individual_formulas import individual_unfairness
from mmdt.stats.intervals.bootstrap import is_values_only
from mmdt.stats.intervals.difference import difference_interval
from mmdt.stats.intervals.size import size_interval
from mmdt.stats.intervals.wilson import LEVEL, NOWHERE, Floats, Interval

METHOD = "formula over the intervals of both distances (conservative), by group"


def range_of(part: str, table: Floats, *, binary: bool) -> Interval:
    """Limits of one part of ``IndividualUnfairness``.

    ``table``: sums and numbers of neutral, favoured and other qualities by group (groups x 6).
    """
    if is_values_only():
        return NOWHERE
    neutral, favoured, other = ((table[:, place], table[:, place + 1]) for place in (0, 2, 4))
    each = (1 + LEVEL) / 2  # two intervals at 97.5 % hold together at least 95 % of the time
    first, second = (
        size_interval(*difference_interval(neutral, side, binary=binary, level=each)) for side in (favoured, other)
    )
    return _extremes(part, first, second)


def _extremes(part: str, first: Interval, second: Interval) -> Interval:
    """The least and the greatest value of a part for distances within two intervals.

    Every part grows with the gap between the distances: it is greatest at the far corners, and least where the
    intervals meet or come nearest.
    """
    (low, high), (other_low, other_high) = first, second
    meet = max(low, other_low)
    nearest = (meet, meet) if meet <= min(high, other_high) else (min(high, other_high), meet)
    most = max(_value(part, low, other_high), _value(part, high, other_low))
    return _value(part, *nearest), most


def _value(part: str, first: float, second: float) -> float:
    """A part of the formula for two distances, in either order."""
    found = individual_unfairness(*(np.asarray(quality) for quality in (0.0, first, second)))
    return float(getattr(found, part))
