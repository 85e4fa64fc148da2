"""Difficulty: how crowded, how cluttered and how similar in colour and size scenes are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from mmdt.errors import UsageError

LEVELS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Difficulty:
    """What makes a scene hard.

    ``things``: smallest and largest number of objects; ``overlap``: share of an object's box that another may cover;
    ``clutter``: number of small marks on the background; ``similar``: probability that a scene uses colours that are
    easily confused; ``contrast``: ratio of the largest object's side to the smallest's.
    """

    things: tuple[int, int] = (2, 4)
    overlap: float = 0.0
    clutter: int = 0
    similar: float = 0.0
    contrast: float = 1.6

    @classmethod
    def level(cls, level: int) -> Self:
        """Level 1 (few large objects, clean background) to 5 (crowded, overlapping, cluttered, similar colours)."""
        if level not in LEVELS:
            raise UsageError(f"difficulty must be 1 to 5, got {level}", hint="choose a level from 1 to 5")
        things = ((1, 3), (2, 4), (3, 5), (4, 7), (5, 9))[level - 1]
        overlap = (0.0, 0.0, 0.0, 0.10, 0.16)[level - 1]
        clutter = (0, 0, 12, 30, 60)[level - 1]
        similar = (0.0, 0.0, 0.25, 0.5, 0.8)[level - 1]
        contrast = (1.3, 1.6, 2.0, 2.4, 2.8)[level - 1]
        return cls(things, overlap, clutter, similar, contrast)


DEFAULT = Difficulty.level(2)
