"""Targets of adversarial robustness, by task: what was there, and what the attack wants the model to see."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from mmdt.perspectives.shared.relations import relation_word
from mmdt.perspectives.shared.target_type import TargetType, Text, has_type_of_task, with_picture


class ObjectAttackTarget(TargetType, frozen=True):
    example: ClassVar[str] = '{"origin": "cat", "label": "dog"}'
    origin: Text
    label: Text


class AttributeAttackTarget(TargetType, frozen=True):
    """``asked``: which of the two the request asks about; without it, both."""

    example: ClassVar[str] = '{"object": "car", "origin": "red", "label": "blue"}'
    object: Text
    origin: Text
    label: Text
    asked: Literal["origin", "label", ""] = ""


class PositionAttackTarget(TargetType, frozen=True):
    example: ClassVar[str] = '{"objects": ["cat", "cup"], "origin": "left", "label": "right"}'
    objects: Annotated[list[Text], Meta(min_length=2, max_length=2)]
    origin: Text
    label: Text

    def __post_init__(self) -> None:
        for name in (self.origin, self.label):
            if relation_word(name) is None:
                raise ValueError(f"the relation {name!r} is not one of left, right, above, below")


check = with_picture(
    has_type_of_task(
        {"object": ObjectAttackTarget, "attribute": AttributeAttackTarget, "spatial": PositionAttackTarget}
    )
)
