"""Trade-off: two numbers of one model where gaining in one tends to cost the other, shown in one plot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two numbers: ``metric`` of the first of the addresses ``of`` (scenarios or summaries) that has it.

    ``title`` is short enough for the axis of a plot.
    """

    title: str
    metric: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TradeOff:
    """A point for each model: one number across, the other one up. ``about`` says how to read it, and its source."""

    name: str
    title: str
    across: Side
    up: Side
    about: str = ""
