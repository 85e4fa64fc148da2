"""Share: how much of what a case asks for is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """``soft``: the share that is right, 0 to 1. ``strict``: 1 if everything is right, else 0; never above ``soft``."""

    soft: float
    strict: float

    @classmethod
    def of(cls, right: Sequence[bool]) -> Share:
        """The share of true values. Raises ValueError for an empty sequence."""
        if not right:
            raise ValueError("nothing was asked for")
        return cls(sum(right) / len(right), float(all(right)))

    @classmethod
    def both(cls, soft: bool, strict: bool) -> Share:
        """From two readings of one answer, a lenient and a strict one."""
        return cls(float(soft), float(soft and strict))
