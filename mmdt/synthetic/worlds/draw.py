"""Builds a scene that meets a request."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

from mmdt.synthetic.worlds.arrangement import UnplacedThing, arrange
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.meaning import Link, Meaning, ObjectSpec
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES
from mmdt.synthetic.worlds.scene import Bounds, Scene, Sign, Thing, relation
from mmdt.synthetic.worlds.sprites.library import ACTIONS, PERSON

_SPOTS = tuple((x, y) for x in (0.19, 0.5, 0.81) for y in (0.19, 0.5, 0.81))
_SIGN_HEIGHT = 0.075
_LETTERS_A_LINE = 14
_SCALES = {"large": 1.7, "small": 0.6, "": 1.0}


def fulfil(meaning: Meaning, rng: random.Random) -> Scene:
    """A scene that meets a request and is random otherwise. Contradictory relations are dropped.

    Raises UsageError if there is no room for all things.
    """
    paints = dict(zip(meaning.kinds, rng.sample(COLOR_NAMES, min(len(meaning.parts), len(COLOR_NAMES))), strict=False))
    text_below: list[Bounds] = [(0.0, 0.6, 1.0, 1.0)] if meaning.text else []
    placed = _placed(meaning, paints, rng)
    rest = [
        _what(part, paints, rng)
        for index, part in enumerate(meaning.parts)
        if index not in placed
        for _ in range(part.count)
    ]
    scene = arrange(rng, rest, DEFAULT, [*text_below, *(thing.box for thing in placed.values())])
    signs = (Sign(wrap(meaning.text), 0.5, 0.8, _SIGN_HEIGHT, "label"),) if meaning.text else ()
    return replace(scene, things=(*placed.values(), *scene.things), signs=signs)


def wrap(text: str) -> str:
    """The text wrapped into lines that fit on a sign."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= _LETTERS_A_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def _what(part: ObjectSpec, paints: dict[str, str], rng: random.Random) -> UnplacedThing:
    action = part.action or (rng.choice(list(ACTIONS)) if part.kind == PERSON else "")
    return UnplacedThing(part.kind, part.color or paints.get(part.kind, "blue"), action, _SCALES[part.size])


def _placed(meaning: Meaning, paints: dict[str, str], rng: random.Random) -> dict[int, Thing]:
    """The parts with relations, on grid spots where all relations hold: part index -> thing."""
    linked = sorted({index for link in meaning.links for index in (link.one, link.other)})
    if not linked:
        return {}
    layouts = list(permutations(_SPOTS, len(linked)))
    rng.shuffle(layouts)
    fitting = (dict(zip(linked, spots, strict=True)) for spots in layouts)
    spots = next((spots for spots in fitting if all(_holds(link, spots) for link in meaning.links)), None)
    if spots is None:
        return {}
    things = {}
    for index, (x, y) in spots.items():
        what = _what(meaning.parts[index], paints, rng)
        jitter = (rng.uniform(-0.03, 0.03), rng.uniform(-0.03, 0.03))
        size = rng.uniform(0.2, 0.24)
        things[index] = Thing(what.kind, what.color, x + jitter[0], y + jitter[1], size, what.action)
    return things


def _holds(link: Link, spots: dict[int, tuple[float, float]]) -> bool:
    """Whether a relation clearly holds between two spots; it never does across an exact diagonal."""
    dx = spots[link.one][0] - spots[link.other][0]
    dy = spots[link.one][1] - spots[link.other][1]
    return abs(abs(dx) - abs(dy)) > 0.1 and relation(dx, dy) == link.relation
