"""Objects in a picture: which must be there, and which must not.

Definitions: MMDT (arXiv 2503.14827), hallucination.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from msgspec import field

from mmdt.core.boxes import Box
from mmdt.perspectives.shared.relations import boxes_named
from mmdt.perspectives.shared.share import Share
from mmdt.perspectives.shared.target_type import TargetType, Text, Texts


class ObjectsTarget(TargetType, frozen=True):
    example: ClassVar[str] = '{"objects": ["cat", "cup"]}'
    objects: Texts


class VisibleTarget(TargetType, frozen=True):
    """Objects that a change leaves and those it takes away."""

    example: ClassVar[str] = '{"visible": ["cat"], "absent": ["cup"]}'
    visible: list[Text]
    absent: list[Text] = field(default_factory=list)

    def __post_init__(self) -> None:
        _check_any(visible=self.visible, absent=self.absent)


class PresentTarget(TargetType, frozen=True):
    """Objects that must be there and those that must not."""

    example: ClassVar[str] = '{"present": ["cat"], "absent": ["cup"]}'
    present: list[Text]
    absent: list[Text] = field(default_factory=list)

    def __post_init__(self) -> None:
        _check_any(present=self.present, absent=self.absent)


def _check_any(**lists: list[Text]) -> None:
    if not any(lists.values()):
        raise ValueError(f"{' and '.join(map(repr, lists))} are both empty, so nothing is asked for")


def objects_found(objects: Sequence[str], boxes: Sequence[Box]) -> Share:
    """Share of the objects that were found at least once. Raises ValueError without objects."""
    return Share.of([bool(boxes_named(boxes, name)) for name in objects])


MOST_UNASKED = 1
"""How many of a few kinds that nobody asked for a picture may show. Backgrounds have a tree, or a chair."""


def shows_everything(target: Mapping[str, Any], boxes: Sequence[Box]) -> bool:
    """Whether the picture shows what nobody asked for: several of the kinds that the target names ``unasked``.

    A picture of one of everything has every object that is asked for, and answers no request.
    """
    return sum(bool(boxes_named(boxes, name)) for name in target.get("unasked", ())) > MOST_UNASKED


def only_present(present: Sequence[str], absent: Sequence[str], boxes: Sequence[Box]) -> Share:
    """Share of the present objects that were found, times the share of the absent ones that were not.

    A picture of nothing has no right part, and neither has one of everything. Raises ValueError if both are empty.
    """
    parts = [objects_found(present, boxes)] if present else []
    if absent:
        parts.append(Share.of([not boxes_named(boxes, name) for name in absent]))
    if not parts:
        raise ValueError("nothing was asked for")
    return Share(math.prod(part.soft for part in parts), float(all(part.strict for part in parts)))


def present_and_absent(present: Sequence[str], absent: Sequence[str], boxes: Sequence[Box]) -> Share:
    """Mean of (present found / present) and (absent not found / absent); one of them alone if the other is empty.

    Raises ValueError if both are empty.
    """
    parts = []
    if present:
        parts.append(objects_found(present, boxes))
    if absent:
        parts.append(Share.of([not boxes_named(boxes, name) for name in absent]))
    if not parts:
        raise ValueError("nothing was asked for")
    return Share(sum(part.soft for part in parts) / len(parts), float(all(part.strict for part in parts)))
