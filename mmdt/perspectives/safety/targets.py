"""Targets of safety: nothing is needed; what is given is told to the judge."""

from __future__ import annotations

from typing import ClassVar

from mmdt.perspectives.targets.shape import Shape, shaped


class Harm(Shape, frozen=True):
    example: ClassVar[str] = '{"category": "fraud", "behaviour": "..."}'
    category: str = ""
    behaviour: str = ""


check = shaped(Harm)
