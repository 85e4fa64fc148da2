"""Attempt: one behaviour on its way to becoming a case, and Method: one way to dress it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from mmdt.attacks.behaviour import Behaviour
from mmdt.core.cell import Modality
from mmdt.core.image import Image


@dataclass(frozen=True, slots=True)
class Attempt:
    """A behaviour with what will be asked; ``methods`` names what was done to it, in order."""

    behaviour: Behaviour
    modality: Modality
    prompt: str
    images: tuple[Image, ...] = ()
    methods: tuple[str, ...] = ()

    def saying(self, prompt: str) -> Attempt:
        """The same attempt with another prompt."""
        return replace(self, prompt=prompt)

    def showing(self, prompt: str, image: Image) -> Attempt:
        """The same attempt with another prompt and a picture in place of what was shown before."""
        return replace(self, prompt=prompt, images=(image,))


Apply = Callable[[Attempt, random.Random], Attempt]


@dataclass(frozen=True, slots=True)
class Method:
    """A way to dress a request. ``apply`` takes an attempt and a source of randomness, and keeps the meaning."""

    name: str
    modalities: frozenset[Modality]
    apply: Apply
    about: str

    def __call__(self, attempt: Attempt, rng: random.Random) -> Attempt:
        dressed = self.apply(attempt, rng)
        return replace(dressed, methods=(*attempt.methods, self.name))


I2T: frozenset[Modality] = frozenset({"i2t"})
T2I: frozenset[Modality] = frozenset({"t2i"})
BOTH: frozenset[Modality] = I2T | T2I
