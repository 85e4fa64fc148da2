"""The difficulty knob: how crowded, how close in size and colour, how cluttered the scenes are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from mmdt.errors import UsageError

LEVELS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """What makes a scene hard.

    ``things``: fewest and most objects; ``overlap``: the share of an object's box that another may cover;
    ``clutter``: number of small marks strewn over the background; ``similar``: chance that a scene is painted
    in colours that are easily mistaken; ``contrast``: the largest object's side over the smallest's.
    """

    things: tuple[int, int] = (2, 4)
    overlap: float = 0.0
    clutter: int = 0
    similar: float = 0.0
    contrast: float = 1.6

    @classmethod
    def level(cls, level: int) -> Self:
        """1 (single large objects on a clean ground) to 5 (crowded, overlapping, cluttered, alike in colour)."""
        if level not in LEVELS:
            raise UsageError(f"there is no difficulty {level}", hint="use 1 to 5")
        things = ((1, 3), (2, 4), (3, 5), (4, 7), (5, 9))[level - 1]
        overlap = (0.0, 0.0, 0.0, 0.10, 0.16)[level - 1]
        clutter = (0, 0, 12, 30, 60)[level - 1]
        similar = (0.0, 0.0, 0.25, 0.5, 0.8)[level - 1]
        contrast = (1.3, 1.6, 2.0, 2.4, 2.8)[level - 1]
        return cls(things, overlap, clutter, similar, contrast)


DEFAULT = Difficulty.level(2)
