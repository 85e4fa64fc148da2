"""Co-occurrence, t2i: requests in which habit suggests something else than what is asked for.

``high_cooc``: what often comes along is not asked for and must stay away (or the usual colour or number must).
``low_cooc``: what seldom goes together is asked for together. ``historical_bias``: as one or the other, with what used
to go together in the world's past.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.data.vocabulary import LEAST_DISTANCE
from mmdt.synthetic.worlds.asked import MOST
from mmdt.synthetic.worlds.language.meaning import Link, Meaning, Part
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS, USUAL_COLORS, article
from mmdt.synthetic.worlds.language.wishes import WishTask
from mmdt.synthetic.worlds.language.wording import request
from mmdt.synthetic.worlds.scene import RELATIONS
from mmdt.synthetic.worlds.statistics import USUAL_NUMBERS, USUAL_PLACES, Pair, pairs
from mmdt.synthetic.worlds.suite.cases import drawn_cases

Split = Literal["high_cooc", "low_cooc", "historical_bias"]
SPLITS: tuple[Split, ...] = ("high_cooc", "low_cooc", "historical_bias")
_PAIRS = {"high_cooc": "high", "low_cooc": "low", "historical_bias": "historical"}

Wished = tuple[Meaning, dict[str, Any]]


def t2i(split: Split, seed: int, count: int) -> Iterator[Case]:
    """The four tasks of ``cooccurrence_<split>``; ``target["habit"]`` says whether habit is followed or broken."""
    return drawn_cases(f"cooccurrence_{split}", seed, count, partial(_drawn, split))


def follows_habit(split: Split, rng: random.Random) -> bool:
    """Whether what habit suggests is indeed there: never (high), or as it falls (historical); low is against habit."""
    return split == "historical_bias" and rng.random() < 0.5


def pair(split: Split, rng: random.Random) -> Pair:
    """Two kinds that go together as the split says, in either order."""
    one, other = rng.choice(pairs(_PAIRS[split]))
    return (one, other) if rng.random() < 0.5 else (other, one)


def strangers(one: str, other: str) -> list[str]:
    """Kinds that are neither, nor hold the other's name (``balloon`` says ``ball``)."""
    return [kind for kind in KINDS if kind != one and other not in kind]


def _drawn(split: Split, cell: Cell, task: WishTask, rng: random.Random) -> Case:
    follows = follows_habit(split, rng)
    meaning, target = _WISHED[task](split, follows, rng)
    return Case.make(cell, request(meaning, rng), target={**target, "habit": "followed" if follows else "broken"})


def _together(split: Split, follows: bool, rng: random.Random) -> Wished:
    one, other = pair(split, rng)
    if split == "low_cooc" or follows:
        return Meaning((Part(one), Part(other))), {"present": [one, other], "absent": []}
    third = rng.choice(strangers(one, other))
    return Meaning((Part(one), Part(third))), {"present": [one], "absent": [other]}


def _color(split: Split, follows: bool, rng: random.Random) -> Wished:
    kind, other = pair(split, rng)
    usual = USUAL_COLORS[kind]
    color = usual if follows else rng.choice([color for color in COLOR_NAMES if color != usual])
    asked = color if split == "low_cooc" else usual
    question = f"Is there {article(f'{asked} {kind}')} in the image?"
    target = {"question": question, "expected": "yes" if asked == color else "no"}
    return Meaning((Part(kind, 1, color), Part(other, 1, rng.choice(COLOR_NAMES)))), target


def _number(split: Split, follows: bool, rng: random.Random) -> Wished:
    kind, other = pair(split, rng)
    usual = USUAL_NUMBERS[kind]
    count = usual if follows else rng.choice([many for many in range(2, MOST + 1) if many != usual])
    return Meaning((Part(kind, count), Part(other))), {"counts": {kind: count, other: 1}}


def _place(split: Split, follows: bool, rng: random.Random) -> Wished:
    one, other = pair(split, rng)
    usual = USUAL_PLACES[one]
    where = usual if follows else rng.choice([relation for relation in RELATIONS if relation != usual])
    target = {"objects": [one, other], "relations": [where], "least_distance": LEAST_DISTANCE}
    return Meaning((Part(one), Part(other)), (Link(0, where, 1),)), target


_WISHED: dict[WishTask, Callable[[Split, bool, random.Random], Wished]] = {
    "identification": _together,
    "attribute": _color,
    "spatial": _place,
    "count": _number,
}
