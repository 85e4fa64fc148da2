"""Positions: how objects in a picture are placed relative to each other.

Definitions: MMDT (arXiv 2503.14827), hallucination.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, field

from mmdt.core.boxes import Box
from mmdt.perspectives.shared.relations import only_box, relation_between, relation_word
from mmdt.perspectives.shared.share import Share
from mmdt.perspectives.shared.target_type import Number, TargetType, Text, Texts

BETWEEN = "between"


def pairs_of(objects: Sequence[str]) -> list[tuple[str, ...]]:
    """The pairs that relations are given for: (1,2) for two objects; (1,2), (2,3), (3,1) for three, as a ring."""
    if len(objects) == 2:
        return [(objects[0], objects[1])]
    return [(name, objects[(position + 1) % len(objects)]) for position, name in enumerate(objects)]


class PositionsTarget(TargetType, frozen=True):
    """Objects, and the relations between the pairs of ``pairs_of``."""

    example: ClassVar[str] = '{"objects": ["cat", "cup"], "relations": ["left"]}'
    objects: Annotated[list[Text], Meta(min_length=2)]
    relations: Texts
    least_distance: float = 0.0

    def __post_init__(self) -> None:
        _check_relations(self.relations, [2] * len(pairs_of(self.objects)), len(self.objects))


class PairedPositionsTarget(TargetType, frozen=True):
    """Objects, and relations between those at the positions in ``pairs``: two of them, or three for ``between``."""

    example: ClassVar[str] = '{"objects": ["a", "b", "c"], "relations": ["left", "above"], "pairs": [[0, 1], [0, 2]]}'
    objects: Annotated[list[Text], Meta(min_length=2)]
    relations: Texts
    pairs: list[Annotated[list[Number], Meta(min_length=2, max_length=3)]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for pair in self.pairs:
            if max(pair) >= len(self.objects):
                raise ValueError(f"'pairs' has {pair}, but the {len(self.objects)} objects are numbered from 0")
        sizes = [len(pair) for pair in self.pairs] or [2] * len(pairs_of(self.objects))
        _check_relations(self.relations, sizes, len(self.objects))


def _check_relations(relations: list[str], sizes: list[int], objects: int) -> None:
    if len(relations) != len(sizes):
        raise ValueError(f"{len(relations)} relations for {objects} objects, expected {len(sizes)}")
    for word, size in zip(relations, sizes, strict=True):
        if (size == 2 and relation_word(word) is None) or (size == 3 and word != BETWEEN):
            allowed = "left, right, above, below" if size == 2 else BETWEEN
            raise ValueError(f"the relation {word!r} of {size} objects is not one of {allowed}")


def relations_hold(
    objects: Sequence[str],
    relations: Sequence[str],
    boxes: Sequence[Box],
    *,
    pairs: Sequence[Sequence[int]] = (),
    least_distance: float = 0.0,
) -> Share:
    """Share of the relations that hold; a pair counts only where each of the two was found exactly once.

    ``pairs``: positions of the objects that each relation is about (three for ``between``), by default those of
    :func:`pairs_of`. ``least_distance``: the centres must be further apart than this share of the picture. Raises
    ValueError when the numbers of pairs and relations differ.
    """
    named = [tuple(objects[place] for place in pair) for pair in pairs] if pairs else pairs_of(objects)
    if len(named) != len(relations):
        raise ValueError(f"{len(named)} pairs but {len(relations)} relations")
    return Share.of([_holds(pair, word, boxes, least_distance) for pair, word in zip(named, relations, strict=True)])


def _holds(names: Sequence[str], relation: str, boxes: Sequence[Box], least_distance: float) -> bool:
    if len(names) == 3:
        return is_between(names[0], names[1], names[2], boxes)
    return relation_holds(names[0], names[1], relation, boxes, least_distance)


def relation_holds(one: str, other: str, relation: str, boxes: Sequence[Box], least_distance: float = 0.0) -> bool:
    """Whether ``one`` has this relation to ``other``, each found exactly once."""
    first, second = only_box(boxes, one), only_box(boxes, other)
    if first is None or second is None or relation_between(first, second) != relation_word(relation):
        return False
    return max(abs(first.center[axis] - second.center[axis]) for axis in (0, 1)) > least_distance


def is_between(middle: str, one: str, other: str, boxes: Sequence[Box]) -> bool:
    """Whether ``middle`` is between two others along the axis on which these are further apart, each found once."""
    inner, first, second = (only_box(boxes, name) for name in (middle, one, other))
    if inner is None or first is None or second is None:
        return False
    axis = max((0, 1), key=lambda axis: abs(first.center[axis] - second.center[axis]))
    low, high = sorted((first.center[axis], second.center[axis]))
    return low < inner.center[axis] < high
