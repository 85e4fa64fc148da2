"""Co-occurrence, t2i: requests in which habit suggests something that is not requested.

``high_cooc``: what often co-occurs is not requested and must be absent (likewise a usual colour or number).
``low_cooc``: things that rarely co-occur are requested together. ``historical_bias``: either of these, with things that
co-occurred in the past.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.data.vocabulary import LEAST_DISTANCE
from mmdt.synthetic.worlds.language.meaning import Link, Meaning, ObjectSpec
from mmdt.synthetic.worlds.language.picture_requests import PictureTask
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS, USUAL_COLORS, article
from mmdt.synthetic.worlds.language.wording import request
from mmdt.synthetic.worlds.scene import RELATIONS
from mmdt.synthetic.worlds.scene_questions import MAX_COUNT
from mmdt.synthetic.worlds.statistics import USUAL_NUMBERS, USUAL_PLACES, Pair, pairs
from mmdt.synthetic.worlds.suite.cases import t2i_cases

Split = Literal["high_cooc", "low_cooc", "historical_bias"]
SPLITS: tuple[Split, ...] = ("high_cooc", "low_cooc", "historical_bias")
PAIRS_OF = {"high_cooc": "high", "low_cooc": "low", "historical_bias": "historical"}

HabitRequest = tuple[Meaning, dict[str, Any]]


def t2i(split: Split, seed: int, count: int) -> Iterator[Case]:
    """The four tasks of ``cooccurrence_<split>``; ``target["habit"]`` says whether habit is followed or broken."""
    return t2i_cases(f"cooccurrence_{split}", seed, count, partial(_t2i_case, split))


def follows_habit(split: Split, rng: random.Random) -> bool:
    """Whether the case follows habit: never for high and low, in half of the cases for historical."""
    return split == "historical_bias" and rng.random() < 0.5


def pair(split: Split, rng: random.Random) -> Pair:
    """Two kinds that co-occur as the split says, in random order."""
    one, other = rng.choice(pairs(PAIRS_OF[split]))
    return (one, other) if rng.random() < 0.5 else (other, one)


def unrelated_kinds(one: str, other: str) -> list[str]:
    """Kinds that are neither of these and do not contain the other's name (``balloon`` contains ``ball``)."""
    return [kind for kind in KINDS if kind != one and other not in kind]


def _t2i_case(split: Split, cell: Cell, task: PictureTask, rng: random.Random) -> Case:
    follows = follows_habit(split, rng)
    meaning, target = _REQUESTS[task](split, follows, rng)
    return Case.make(cell, request(meaning, rng), target={**target, "habit": "followed" if follows else "broken"})


def _together(split: Split, follows: bool, rng: random.Random) -> HabitRequest:
    one, other = pair(split, rng)
    if split == "low_cooc" or follows:
        return Meaning((ObjectSpec(one), ObjectSpec(other))), {"present": [one, other], "absent": []}
    third = rng.choice(unrelated_kinds(one, other))
    return Meaning((ObjectSpec(one), ObjectSpec(third))), {"present": [one], "absent": [other]}


def _color(split: Split, follows: bool, rng: random.Random) -> HabitRequest:
    kind, other = pair(split, rng)
    usual = USUAL_COLORS[kind]
    color = usual if follows else rng.choice([color for color in COLOR_NAMES if color != usual])
    scene_question = color if split == "low_cooc" else usual
    other_color = rng.choice([each for each in COLOR_NAMES if each != color])
    contrast = other_color if scene_question == color else color
    target = {
        "question": _asks_for(kind, scene_question),
        "expected": "yes" if scene_question == color else "no",
        "contrast": _asks_for(kind, contrast),
        "guess": 1 / len(COLOR_NAMES),
    }
    return Meaning((ObjectSpec(kind, 1, color), ObjectSpec(other, 1, rng.choice(COLOR_NAMES)))), target


def _asks_for(kind: str, color: str) -> str:
    return f"Is there {article(f'{color} {kind}')} in the image?"


def _number(split: Split, follows: bool, rng: random.Random) -> HabitRequest:
    kind, other = pair(split, rng)
    usual = USUAL_NUMBERS[kind]
    count = usual if follows else rng.choice([many for many in range(2, MAX_COUNT + 1) if many != usual])
    return Meaning((ObjectSpec(kind, count), ObjectSpec(other))), {"counts": {kind: count, other: 1}}


def _place(split: Split, follows: bool, rng: random.Random) -> HabitRequest:
    one, other = pair(split, rng)
    usual = USUAL_PLACES[one]
    where = usual if follows else rng.choice([relation for relation in RELATIONS if relation != usual])
    target = {"objects": [one, other], "relations": [where], "least_distance": LEAST_DISTANCE}
    return Meaning((ObjectSpec(one), ObjectSpec(other)), (Link(0, where, 1),)), target


_REQUESTS: dict[PictureTask, Callable[[Split, bool, random.Random], HabitRequest]] = {
    "identification": _together,
    "attribute": _color,
    "spatial": _place,
    "count": _number,
}
