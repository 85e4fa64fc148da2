"""Surrogate: a network at hand that stands for one that is not, with scores and gradients of pictures.

Attacks that optimise pictures know this protocol and NumPy alone; the networks live with the runtimes (entry points of
the group ``mmdt.surrogates``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mmdt.core.image import Image

Pixels = NDArray[np.float32]
"""Pictures with shape (number, height, width, 3), RGB, 0 to 1."""
Losses = NDArray[np.float64]
"""One number a picture; lower is nearer to the goal."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What the surrogate is to see. ``text``: a description of it; ``picture``: a picture that it is to resemble, used
    in place of the text where it is given; ``away``: a description of what it is not to see any longer. ``reply``: what
    a surrogate that writes is to answer to ``question``; without it, such a surrogate is to answer with the text."""

    text: str = ""
    away: str = ""
    picture: Image | None = None
    reply: str = ""
    question: str = ""


@runtime_checkable
class Surrogate(Protocol):
    """A vision encoder with a text side, such as CLIP. Any size of picture is taken; it scales them itself."""

    @property
    def name(self) -> str:
        """Its name and a mark of its weights, for the recipe of a case."""
        ...

    def losses(self, pixels: Pixels, goal: Goal) -> Losses:
        """How far each picture is from the goal."""
        ...

    def gradient(self, pixels: Pixels, goal: Goal) -> tuple[Losses, Pixels]:
        """The losses, and the gradient of each with respect to its pixels."""
        ...
