"""What can be seen in pictures: objects, how many, where. Several perspectives ask for it in the same words."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, field

from mmdt.perspectives.scores.detection import pairs_of
from mmdt.perspectives.scores.relations import relation_word
from mmdt.perspectives.targets.shape import Counts, Number, Shape, Text, Texts, YesNo

BETWEEN = "between"


class Objects(Shape, frozen=True):
    example: ClassVar[str] = '{"objects": ["cat", "cup"]}'
    objects: Texts


class Changed(Shape, frozen=True):
    """Objects that a change leaves and those it takes away."""

    example: ClassVar[str] = '{"visible": ["cat"], "absent": ["cup"]}'
    visible: list[Text]
    absent: list[Text] = field(default_factory=list)

    def __post_init__(self) -> None:
        _check_any(visible=self.visible, absent=self.absent)


class Together(Shape, frozen=True):
    """Objects that must be there and those that must not."""

    example: ClassVar[str] = '{"present": ["cat"], "absent": ["cup"]}'
    present: list[Text]
    absent: list[Text] = field(default_factory=list)

    def __post_init__(self) -> None:
        _check_any(present=self.present, absent=self.absent)


def _check_any(**lists: list[Text]) -> None:
    if not any(lists.values()):
        raise ValueError(f"{' and '.join(map(repr, lists))} are both empty, so nothing is asked for")


class Counted(Shape, frozen=True):
    example: ClassVar[str] = '{"counts": {"cat": 2}}'
    counts: Counts


class Asked(Shape, frozen=True):
    example: ClassVar[str] = '{"question": "Is the cup red?"}'
    question: Text
    expected: YesNo = "yes"


class Placed(Shape, frozen=True):
    """Objects and how they stand to each other; without ``pairs`` as a ring."""

    example: ClassVar[str] = '{"objects": ["cat", "cup"], "relations": ["left"]}'
    objects: Annotated[list[Text], Meta(min_length=2)]
    relations: Texts
    least_distance: float = 0.0

    def __post_init__(self) -> None:
        _check_relations(self.relations, [2] * len(pairs_of(self.objects)), len(self.objects))


class PlacedPairs(Shape, frozen=True):
    """Objects, and relations between those at the named positions: two of them, or three for ``between``."""

    example: ClassVar[str] = '{"objects": ["a", "b", "c"], "relations": ["left", "above"], "pairs": [[0, 1], [0, 2]]}'
    objects: Annotated[list[Text], Meta(min_length=2)]
    relations: Texts
    pairs: list[Annotated[list[Number], Meta(min_length=2, max_length=3)]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for pair in self.pairs:
            if max(pair) >= len(self.objects):
                raise ValueError(f"'pairs' has {pair}, but there are {len(self.objects)} objects, from 0 on")
        sizes = [len(pair) for pair in self.pairs] or [2] * len(pairs_of(self.objects))
        _check_relations(self.relations, sizes, len(self.objects))


def _check_relations(relations: list[str], sizes: list[int], objects: int) -> None:
    if len(relations) != len(sizes):
        due = "one is" if len(sizes) == 1 else f"{len(sizes)} are"
        raise ValueError(f"{len(relations)} relations for {objects} objects, where {due} due")
    for word, size in zip(relations, sizes, strict=True):
        if (size == 2 and relation_word(word) is None) or (size == 3 and word != BETWEEN):
            due = "left, right, above, below" if size == 2 else BETWEEN
            raise ValueError(f"the relation {word!r} of {size} objects is none of {due}")


class Sized(Shape, frozen=True):
    """What the first object is beside the second, or beside each of several."""

    example: ClassVar[str] = '{"objects": ["cat", "cup"], "size": "larger"}'
    objects: Annotated[list[Text], Meta(min_length=2)]
    size: Literal["larger", "smaller"]
    comparisons: list[tuple[Text, Literal["larger", "smaller"]]] = field(default_factory=list)


class Answered(Shape, frozen=True):
    example: ClassVar[str] = '{"answer": "a red cup"}'
    answer: Text


class Keyword(Shape, frozen=True):
    example: ClassVar[str] = '{"keyword": "OPEN"}'
    keyword: Text


class Words(Shape, frozen=True):
    """Words that the reply must all say (``yes``), or none of them (``no``)."""

    example: ClassVar[str] = '{"words": ["cat"], "expected": "yes"}'
    words: Texts
    expected: YesNo
