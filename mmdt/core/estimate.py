"""Estimate: a metric with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["higher", "lower", "neither"]
"""Which way is better."""
Holds = Literal["sampling", "sampling only", "sampling and judge"]
"""What an interval holds: ``sampling only`` where a judge's verdicts are taken for the truth, ``sampling and judge``
where its errors were measured by people's labels; ``sampling`` where no judge is behind the number."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric's value with its 95 % interval.

    ``n`` counts the outputs the value rests on, ``clusters`` the independent units among them, ``missing``
    the outputs that should have counted but could not. ``value`` is NaN if nothing could be computed;
    ``low`` and ``high`` are NaN if there is no interval. ``method`` names how the interval was made;
    ``extra`` holds further numbers that belong beside the value (a p-value, a guess rate, a bound). ``holds`` says
    which errors the interval holds.
    """

    metric: str
    value: float
    low: float
    high: float
    n: int
    clusters: int
    missing: int = 0
    direction: Direction = "neither"
    method: str = ""
    extra: Mapping[str, float] = field(default_factory=dict)
    holds: Holds = "sampling"
