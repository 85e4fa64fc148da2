"""Picture requests: random requests, with the targets that pictures must meet."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

from mmdt.synthetic.worlds.difficulty import Difficulty
from mmdt.synthetic.worlds.language.meaning import Link, Meaning, ObjectSpec
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS
from mmdt.synthetic.worlds.palette import SIMILAR
from mmdt.synthetic.worlds.scene import OPPOSITE, Relation, relation
from mmdt.synthetic.worlds.scene_questions import MAX_COUNT, colors

PictureTask = Literal["identification", "attribute", "spatial", "count"]
PICTURE_TASKS: tuple[PictureTask, ...] = get_args(PictureTask)

_RING = ((0, 1), (1, 2), (2, 0))
_SPOTS: tuple[tuple[float, float], ...] = tuple((x, y) for x in (0.0, 1.0, 2.0) for y in (0.0, 1.0, 2.0))


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """A request for a picture, and the target that the picture is scored against."""

    meaning: Meaning
    target: Mapping[str, Any]


def sample_request(task: PictureTask, rng: random.Random, difficulty: Difficulty) -> PictureRequest:
    """A random request of a task; kinds, colours, counts and relations are equally frequent."""
    if task == "identification":
        kinds = rng.sample(KINDS, max(2, rng.randint(*difficulty.things)))
        return PictureRequest(Meaning(tuple(ObjectSpec(kind) for kind in kinds)), {"objects": kinds})
    if task == "attribute":
        return _attribute(rng, difficulty)
    if task == "spatial":
        return _spatial(rng)
    kinds = rng.sample(KINDS, rng.randint(1, 2 if difficulty.things[1] < 5 else 3))
    counts = {kind: rng.randint(1 if place else 2, MAX_COUNT) for place, kind in enumerate(kinds)}
    return PictureRequest(Meaning(tuple(ObjectSpec(kind, many) for kind, many in counts.items())), {"counts": counts})


def color_question(kind: str, color: str) -> str:
    """A question that is answered yes if the colour is right."""
    return f"Is the {kind} {color}?"


def color_questions(kind: str, color: str, rng: random.Random) -> dict[str, Any]:
    """``{"question", "contrast"}``: the right answer is yes to the first and no to the second, about a wrong colour.

    A judge that always says yes, or always no, gains nothing. The guess is that of a painter who picks any colour.
    """
    alike = {other for pair in SIMILAR if color in pair for other in pair}
    wrong = rng.choice([other for other in COLOR_NAMES if other not in {color, *alike}])
    return {
        "question": color_question(kind, color),
        "contrast": color_question(kind, wrong),
        "guess": 1 / len(COLOR_NAMES),
    }


def _attribute(rng: random.Random, difficulty: Difficulty) -> PictureRequest:
    number = rng.randint(1, min(3, difficulty.things[1]))
    kinds, paints = rng.sample(KINDS, number), colors(rng, number, difficulty, rng.choice(COLOR_NAMES))
    parts = tuple(ObjectSpec(kind, 1, paint) for kind, paint in zip(kinds, paints, strict=True))
    return PictureRequest(Meaning(parts), color_questions(kinds[0], paints[0], rng))


def _spatial(rng: random.Random) -> PictureRequest:
    kinds = rng.sample(KINDS, 3)
    links = ring_links(rng)
    meaning = Meaning(tuple(map(ObjectSpec, kinds)), links)
    return PictureRequest(meaning, {"objects": kinds, "relations": ring_relations(meaning)})


def ring_relations(meaning: Meaning) -> list[Relation]:
    """The relations of three linked parts for the pairs (1, 2), (2, 3), (3, 1), whatever their order in the links."""
    said = {(link.one, link.other): link.relation for link in meaning.links}
    said |= {(link.other, link.one): OPPOSITE[link.relation] for link in meaning.links}
    return [said[pair] for pair in _RING]


def ring_links(rng: random.Random) -> tuple[Link, ...]:
    """Relations of three things for the pairs (1, 2), (2, 3), (3, 1) that can all hold at once."""
    while True:
        spots = rng.sample(_SPOTS, 3)
        if all(abs(one[0] - two[0]) != abs(one[1] - two[1]) for one, two in pairwise([*spots, spots[0]])):
            break
    return tuple(Link(one, _between(spots[one], spots[other]), other) for one, other in _RING)


def _between(one: Sequence[float], other: Sequence[float]) -> Relation:
    return relation(one[0] - other[0], one[1] - other[1])
