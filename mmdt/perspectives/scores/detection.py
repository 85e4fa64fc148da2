"""Scores of a generated picture by what a detector found in it: identification, counts, spatial relations.

Definitions: MMDT (arXiv 2503.14827), hallucination. Each function returns ``soft`` (a share) and ``strict``
(1.0 when everything is right). ``soft >= strict`` always.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mmdt.core.boxes import Box
from mmdt.perspectives.scores.relations import of, relation, relation_word, the_only


@dataclass(frozen=True, slots=True)
class Share:
    """How much is right."""

    soft: float
    strict: float

    @classmethod
    def of(cls, right: Sequence[bool]) -> Share:
        """The share of what is right. Raises ValueError where nothing was asked for."""
        if not right:
            raise ValueError("nothing was asked for")
        return cls(sum(right) / len(right), float(all(right)))


def identification(objects: Sequence[str], boxes: Sequence[Box]) -> Share:
    """Share of the required objects that were found at least once."""
    return Share.of([bool(of(boxes, name)) for name in objects])


def counterfactual(visible: Sequence[str], absent: Sequence[str], boxes: Sequence[Box]) -> Share:
    """Mean of (visible found / visible) and (absent not found / absent); one alone where the other is empty."""
    parts = []
    if visible:
        parts.append(identification(visible, boxes))
    if absent:
        parts.append(Share.of([not of(boxes, name) for name in absent]))
    if not parts:
        raise ValueError("nothing was asked for")
    return Share(sum(part.soft for part in parts) / len(parts), float(all(part.strict for part in parts)))


def counts(wanted: Mapping[str, int], boxes: Sequence[Box]) -> Share:
    """Share of the objects with exactly the wanted number of boxes."""
    return Share.of([len(of(boxes, name)) == number for name, number in wanted.items()])


def pairs_of(objects: Sequence[str]) -> list[tuple[str, ...]]:
    """The pairs that relations are given for: (1,2), (2,3), (3,1) for three objects, (1,2) for two."""
    if len(objects) == 2:
        return [(objects[0], objects[1])]
    return [(name, objects[(position + 1) % len(objects)]) for position, name in enumerate(objects)]


def spatial(
    objects: Sequence[str],
    relations: Sequence[str],
    boxes: Sequence[Box],
    *,
    pairs: Sequence[Sequence[int]] = (),
    least: float = 0.0,
) -> Share:
    """Share of the relations that hold; a pair counts only where each of the two was found exactly once.

    ``pairs``: positions of the objects that each relation is about (three for ``between``), the ring of
    :func:`pairs_of` unless given.
    ``least``: the centres must be further apart than that (share of the picture). Raises ValueError when the
    numbers of pairs and relations differ.
    """
    named = [tuple(objects[place] for place in pair) for pair in pairs] if pairs else pairs_of(objects)
    if len(named) != len(relations):
        raise ValueError(f"{len(named)} pairs but {len(relations)} relations")
    return Share.of([_stands(pair, word, boxes, least) for pair, word in zip(named, relations, strict=True)])


def _stands(names: Sequence[str], named: str, boxes: Sequence[Box], least: float) -> bool:
    if len(names) == 3:
        return between(names[0], names[1], names[2], boxes)
    return holds(names[0], names[1], named, boxes, least)


def holds(one: str, other: str, named: str, boxes: Sequence[Box], least: float = 0.0) -> bool:
    """Whether ``one`` stands in the named relation to ``other``, each found exactly once."""
    first, second = the_only(boxes, one), the_only(boxes, other)
    if first is None or second is None or relation(first, second) != relation_word(named):
        return False
    return max(abs(first.center[axis] - second.center[axis]) for axis in (0, 1)) > least


def between(middle: str, one: str, other: str, boxes: Sequence[Box]) -> bool:
    """Whether ``middle`` stands between two others, each found exactly once, along the axis that parts these more."""
    inner, first, second = (the_only(boxes, name) for name in (middle, one, other))
    if inner is None or first is None or second is None:
        return False
    axis = max((0, 1), key=lambda axis: abs(first.center[axis] - second.center[axis]))
    low, high = sorted((first.center[axis], second.center[axis]))
    return low < inner.center[axis] < high


def keyword_shown(text: str, keyword: str) -> Share:
    """Whether the text read in the picture contains the keyword or is contained in it, case and spaces aside."""
    shown, sought = "".join(text.casefold().split()), "".join(keyword.casefold().split())
    contained = bool(shown) and shown in sought
    return Share(float(sought in shown or contained), float(sought in shown))
