"""A limit that none of its numbers can reach decides nothing: most often it is a percentage instead of a share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class IdleLimit:
    """``low``, ``high``: between which the numbers lie; ``meant``: the share that was most likely meant, None where
    that is not within reach either."""

    low: float
    high: float
    meant: float | None

    @property
    def hint(self) -> str:
        """What to write instead."""
        if self.meant is None:
            return "give a limit within that range"
        return f"write {self.meant:g} for {100 * self.meant:g} %"


def idle_limit(limit: float, ranges: Sequence[Range | None], *, ends: bool) -> IdleLimit | None:
    """Whether ``limit`` is out of reach of all numbers; None where it is not, or cannot be known.

    ``ranges``: between which each number lies, None where that is not known. ``ends``: whether a limit at the very end
    of a range decides something.
    """
    known = [each for each in ranges if each is not None]
    if not known or len(known) < len(ranges):
        return None
    if any(low <= limit <= high if ends else low < limit < high for low, high in known):
        return None
    low, high = min(low for low, _ in known), max(high for _, high in known)
    meant = limit / 100
    return IdleLimit(low, high, meant if low < meant < high else None)
