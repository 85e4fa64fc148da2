"""Surrogate: a network at hand that stands for one that is not, with scores and gradients of pictures.

Attacks that optimise pictures know this protocol and NumPy alone; the networks live with the runtimes (entry points of
the group ``mmdt.surrogates``).
"""

from __future__ import annotations

from collections.abc import Sequence
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


Tokens = tuple[int, ...]
"""Ids of tokens, without those that begin and end a text."""
Vector = NDArray[np.float32]
"""A direction in the space of embeddings; the loss of a text is 1 - embedding (of length 1) x direction."""


@runtime_checkable
class TextSurrogate(Protocol):
    """A text encoder such as CLIP's."""

    @property
    def name(self) -> str:
        """Its name and a mark of its weights."""
        ...

    @property
    def room(self) -> int:
        """The most tokens that a text may have."""
        ...

    @property
    def words(self) -> Sequence[str]:
        """What each token of the vocabulary says as a word of its own; "" where it is none (a piece, a control)."""
        ...

    def tokens(self, text: str) -> Tokens:
        """The tokens of a text."""
        ...

    def embedding(self, texts: Sequence[str]) -> Vector:
        """Embeddings of length 1, with shape (number, size)."""
        ...

    def direction(self, goal: Goal) -> Vector:
        """The embedding of what is wanted (a text or a picture), less that of ``away``. Raises UsageError for a picture
        where there is no encoder of pictures."""
        ...

    def losses(self, batch: Sequence[Tokens], direction: Vector) -> Losses:
        """The loss of each of some texts of the same number of tokens."""
        ...

    def slopes(self, tokens: Tokens, direction: Vector) -> Vector:
        """What the loss would change by, to first order, for each token of the vocabulary at each place: (number of
        tokens, vocabulary), the gradient with respect to one-hot rows."""
        ...
