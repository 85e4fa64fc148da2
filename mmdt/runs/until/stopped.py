"""What the manifest keeps of a run that stopped by its results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["narrow", "below", "above"]
"""The interval is narrow enough, or lies on one side of the gate."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule of ``until`` found in a cell, after how many complete ``clusters``."""

    rule: str
    verdict: Verdict
    clusters: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """A decided cell: ``asked`` of its ``outputs`` were asked for when the part of the run ended. ``cost``: US dollars
    that the others would have cost, at the mean of those that were asked in this perspective and modality, judges
    included; None where no price is known."""

    cell: str
    decisions: tuple[Decision, ...]
    asked: int
    outputs: int
    cost: float | None = None
