"""Targets of adversarial robustness, by task: what was there, and what the attack wants to be seen."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from mmdt.perspectives.scores.relations import relation_word
from mmdt.perspectives.targets.shape import Shape, Text, by_task, of_picture


class Swapped(Shape, frozen=True):
    example: ClassVar[str] = '{"origin": "cat", "label": "dog"}'
    origin: Text
    label: Text


class Recoloured(Shape, frozen=True):
    example: ClassVar[str] = '{"object": "car", "origin": "red", "label": "blue"}'
    object: Text
    origin: Text
    label: Text


class Moved(Shape, frozen=True):
    example: ClassVar[str] = '{"objects": ["cat", "cup"], "origin": "left", "label": "right"}'
    objects: Annotated[list[Text], Meta(min_length=2, max_length=2)]
    origin: Text
    label: Text

    def __post_init__(self) -> None:
        for name in (self.origin, self.label):
            if relation_word(name) is None:
                raise ValueError(f"the relation {name!r} is none of left, right, above, below")


check = of_picture(by_task({"object": Swapped, "attribute": Recoloured, "spatial": Moved}))
