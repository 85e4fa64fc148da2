"""Statistics of the worlds: what goes together there now, and what used to.

A corpus of captions is generated from habits (things of one habitat appear together in their usual colours). What
co-occurs *often* or *rarely* is counted in it, as one would count it in a model's training captions. The *historical*
corpus is generated from older habits, in which other things belonged together.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations

from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, HABITATS, KINDS, USUAL_COLORS
from mmdt.synthetic.worlds.scene import Relation

Pair = tuple[str, str]

OLD_HABITATS: Mapping[str, tuple[str, ...]] = {
    "fair": ("balloon", "ball", "cat", "apple", "banana"),
    "harbour": ("boat", "star", "clock", "key"),
    "parlour": ("umbrella", "book", "bird", "cup", "mushroom"),
    "chapel": ("bell", "house", "fish", "flower"),
    "journey": ("car", "rocket", "hat", "heart"),
    "woods": ("tree", "chair", "butterfly"),
}
"""What used to belong together."""
USUAL_COMPANIONS: Mapping[str, str] = {
    "reading": "book",
    "sitting": "chair",
    "sleeping": "clock",
    "running": "ball",
    "waving": "boat",
    "jumping": "balloon",
}
"""The thing that is usually present when somebody does this."""
USUAL_NUMBERS: Mapping[str, int] = {kind: 2 + place % 3 for place, kind in enumerate(KINDS)}
"""How many of a kind usually appear together: two, three or four."""
USUAL_PLACES: Mapping[str, Relation] = {
    "bird": "above", "star": "above", "balloon": "above", "butterfly": "above", "rocket": "above", "bell": "above",
    "clock": "above", "fish": "below", "key": "below", "ball": "below", "mushroom": "below", "cat": "below",
    "boat": "below", "flower": "below", "tree": "left", "house": "left", "hat": "left", "apple": "left", "cup": "left",
    "heart": "left", "car": "right", "chair": "right", "book": "right", "banana": "right", "umbrella": "right",
}  # fmt: skip
"""Where a kind usually is, seen from most other things."""

_CAPTIONS = 4000
_AT_HOME = 0.9
_USUAL = 0.75


@cache
def corpus(habits: str = "present") -> tuple[tuple[tuple[str, str], ...], ...]:
    """Captions of up to three (kind, colour) pairs; ``habits`` is ``present`` or ``historical``."""
    rng = random.Random(f"corpus of {habits} habits")
    homes = list((HABITATS if habits == "present" else OLD_HABITATS).values())
    return tuple(_caption(rng, homes) for _ in range(_CAPTIONS))


def _caption(rng: random.Random, homes: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    home, number = rng.choice(homes), rng.randint(2, 3)
    kinds = {rng.choice(home) if rng.random() < _AT_HOME else rng.choice(KINDS): None for _ in range(number)}
    return tuple((kind, USUAL_COLORS[kind] if rng.random() < _USUAL else rng.choice(COLOR_NAMES)) for kind in kinds)


@cache
def lift(habits: str = "present") -> Mapping[Pair, float]:
    """Lift of each pair of kinds, P(a, b) / (P(a) P(b)); 1 means independence."""
    captions = corpus(habits)
    single: Counter[str] = Counter()
    both: Counter[Pair] = Counter()
    for caption in captions:
        kinds = sorted(kind for kind, _ in caption)
        single.update(kinds)
        both.update(combinations(kinds, 2))
    total = len(captions)
    pairs = combinations(sorted(KINDS), 2)
    return {(one, two): both[one, two] * total / (single[one] * single[two]) for one, two in pairs}


@cache
def pairs(which: str) -> tuple[Pair, ...]:
    """Pairs of kinds that co-occur often (``high``), rarely (``low``) or only in the past (``historical``)."""
    now, then = lift(), lift("historical")
    if which == "high":
        return tuple(pair for pair, value in now.items() if value > 2)
    if which == "low":
        return tuple(pair for pair, value in now.items() if value < 0.5)
    return tuple(pair for pair, value in then.items() if value > 2 and now[pair] < 0.5)
