"""Queries: questions about a scene as data, and their true answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from mmdt.synthetic.worlds.language.edits import Edit, imagine
from mmdt.synthetic.worlds.scene import Thing, relation_of

Task = Literal["identification", "attribute", "spatial", "count", "action"]
TASKS: tuple[Task, ...] = get_args(Task)
Answer = str | Mapping[str, int] | None
"""A word, counts by kind, or None if the question has no answer in this scene."""

Superlative = Literal["", "largest", "smallest", "leftmost", "rightmost", "highest", "lowest"]
SUPERLATIVES: tuple[Superlative, ...] = get_args(Superlative)[1:]


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a thing by any of its kind, colour, action or a superlative."""

    kind: str = ""
    color: str = ""
    action: str = ""
    place: Superlative = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A question about a scene.

    identification, attribute and action are about ``subject``, spatial is about ``subject`` and ``other``, and count is
    about ``kinds``. ``edits`` are imagined first.
    """

    task: Task
    subject: Ref = Ref()
    other: Ref = Ref()
    kinds: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()


def point(ref: Ref, things: Sequence[Thing]) -> Thing | None:
    """The thing that a reference denotes, or None if there is none or more than one."""
    found = [
        thing
        for thing in things
        if (not ref.kind or thing.kind == ref.kind)
        and (not ref.color or thing.color == ref.color)
        and (not ref.action or thing.action == ref.action)
    ]
    if ref.place and found:
        return min(found, key=_BY_PLACE[ref.place])
    return found[0] if len(found) == 1 else None


def area(thing: Thing) -> float:
    """Area of the thing's box, as a share of the picture."""
    x0, y0, x1, y1 = thing.box
    return (x1 - x0) * (y1 - y0)


_BY_PLACE: dict[Superlative, Callable[[Thing], float]] = {
    "largest": lambda thing: -area(thing),
    "smallest": area,
    "leftmost": lambda thing: thing.x,
    "rightmost": lambda thing: -thing.x,
    "highest": lambda thing: thing.y,
    "lowest": lambda thing: -thing.y,
}


def answer(query: Query, things: Sequence[Thing]) -> Answer:
    """The true answer for these things, which may be drawn or detected."""
    for edit in query.edits:
        things = imagine(edit, things)
    if query.task == "count":
        return {kind: sum(thing.kind == kind for thing in things) for kind in query.kinds}
    subject = point(query.subject, things)
    if subject is None:
        return None
    if query.task == "spatial":
        other = point(query.other, things)
        return None if other is None else relation_of(subject, other)
    return {"identification": subject.kind, "attribute": subject.color, "action": subject.action}[query.task] or None
