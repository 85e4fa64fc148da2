"""Co-occurrence, i2t: scenes in which habit suggests something that is not there.

``high_cooc``: the reply must not say what habit suggests (``expected`` is no). ``low_cooc``: it must say what is there
against habit (yes). ``historical_bias``: the same as high, for habits of old.

A label is what habit suggests as often as any other label is there, so that neither following habit nor avoiding it is
better than a guess. In one scene in as many as there are labels, habit is therefore right (yes).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import comb
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.data.question_rows import FORMAT
from mmdt.synthetic.worlds.arrangement import UnplacedThing, arrange
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.queries import TASKS, Query, Ref, Task
from mmdt.synthetic.worlds.language.questions import question
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS, USUAL_COLORS
from mmdt.synthetic.worlds.parts import part_colors
from mmdt.synthetic.worlds.scene import RELATIONS, Relation, Scene
from mmdt.synthetic.worlds.scene_questions import LABELS, MAX_COUNT, colors, related_scene
from mmdt.synthetic.worlds.sprites.library import PERSON
from mmdt.synthetic.worlds.statistics import USUAL_COMPANIONS, USUAL_NUMBERS, USUAL_PLACES, pairs
from mmdt.synthetic.worlds.suite.cases import closed_set, i2t_cases, picture_case
from mmdt.synthetic.worlds.suite.cooccurrence_t2i import PAIRS_OF, Split, pair, unrelated_kinds

HabitQuestion = tuple[Scene, str, list[str], bool, dict[str, Any]]
"""A scene, a question, words, whether the reply should contain them, and the closed set with its guess rate."""

INVENTORY = (
    "Name all the objects in this picture.",
    "What can be seen in this picture?",
    "List everything that this image shows.",
    "Which objects are there in this picture?",
)
"""Questions about all objects in the picture."""


def i2t(split: Split, seed: int, count: int) -> Iterator[Case]:
    """The five tasks of ``cooccurrence_<split>``: ``{"words", "expected"}``."""
    return i2t_cases(f"cooccurrence_{split}", TASKS, seed, count, partial(_i2t_case, split))


def _i2t_case(split: Split, cell: Cell, task: Task, label: str, rng: random.Random) -> Case:
    follows = rng.random() < 1 / len(LABELS[task])
    scene, text, words, there, closed = _QUESTIONS[task](split, follows, rng)
    target = {"words": words, "expected": "yes" if there else "no", "question": text, **closed}
    prompt = text if task == "identification" else f"{text} {FORMAT[task]}"
    return picture_case(cell, scene, prompt, target)


def _together(split: Split, follows: bool, rng: random.Random) -> HabitQuestion:
    """Which objects are in the picture: both of a pair, or only one of them."""
    one, other = pair(split, rng)
    there = split == "low_cooc" or follows
    third = rng.choice(unrelated_kinds(one, other))
    shown = [one, other if there else third]
    what = _objects(rng, shown)
    closed = {"truth": shown, "options": list(KINDS), "guess": round(_best_pair(split), 4)}
    return arrange(rng, what, DEFAULT), rng.choice(INVENTORY), [one, other] if there else [other], there, closed


def _best_pair(split: Split) -> float:
    """How often the best guess at two objects is right; it knows which pairs the split takes."""
    known = len(pairs(PAIRS_OF[split]))
    return 1 / known if split == "low_cooc" else max(1 / (known * len(KINDS)), 1 / comb(len(KINDS), 2))


def _color(split: Split, follows: bool, rng: random.Random) -> HabitQuestion:
    """The colour of a thing: the usual one only if an old habit is followed."""
    kind, other = pair(split, rng)
    while (usual := USUAL_COLORS[kind]) in part_colors(kind):  # "a purple clock with a white face" says white too
        kind, other = pair(split, rng)
    color = usual if follows else rng.choice([color for color in COLOR_NAMES if color != usual])
    what = _objects(rng, [kind, other], color)
    text = question(Query("attribute", Ref(kind)), rng)
    return arrange(rng, what, DEFAULT), text, *_words("attribute", split, usual, color, kind)


def _place(split: Split, follows: bool, rng: random.Random) -> HabitQuestion:
    """Where a thing is: the usual place only if an old habit is followed."""
    one, other = pair(split, rng)
    usual = USUAL_PLACES[one]
    where = usual if follows else rng.choice([relation for relation in RELATIONS if relation != usual])
    scene = scene_with_relation(rng, _objects(rng, [one, other]), where)
    text = question(Query("spatial", Ref(one), Ref(other)), rng)
    return scene, text, *_words("spatial", split, usual, where)


def scene_with_relation(rng: random.Random, what: Sequence[UnplacedThing], where: Relation) -> Scene:
    """A scene in which the first thing has the relation ``where`` to the second."""
    while True:
        scene, one, _ = related_scene(rng, what, DEFAULT, where)
        if one is scene.things[0]:
            return scene


def _number(split: Split, follows: bool, rng: random.Random) -> HabitQuestion:
    """The number of a kind: the usual one only if an old habit is followed."""
    kind, other = pair(split, rng)
    usual = USUAL_NUMBERS[kind]
    count = usual if follows else rng.choice([many for many in range(1, MAX_COUNT + 1) if many != usual])
    what = [UnplacedThing(kind, rng.choice(COLOR_NAMES)) for _ in range(count)] + [
        UnplacedThing(other, rng.choice(COLOR_NAMES))
    ]
    text = question(Query("count", kinds=(kind,)), rng)
    return arrange(rng, what, DEFAULT), text, *_words("count", split, str(usual), str(count))


def _action(split: Split, follows: bool, rng: random.Random) -> HabitQuestion:
    """What somebody does next to a thing that usually suggests an action."""
    usual = rng.choice(list(USUAL_COMPANIONS))
    does = usual if follows else rng.choice([action for action in USUAL_COMPANIONS if action != usual])
    paints = colors(rng, 2, DEFAULT)
    what = [UnplacedThing(PERSON, paints[0], does, 1.3), UnplacedThing(USUAL_COMPANIONS[usual], paints[1])]
    text = question(Query("action", Ref(PERSON)), rng)
    return arrange(rng, what, DEFAULT), text, *_words("action", split, usual, does)


def _objects(rng: random.Random, kinds: Sequence[str], color: str = "") -> list[UnplacedThing]:
    paints = colors(rng, len(kinds), DEFAULT, color)
    return [UnplacedThing(kind, paint) for kind, paint in zip(kinds, paints, strict=True)]


def _words(task: Task, split: Split, usual: str, found: str, kind: str = "") -> tuple[list[str], bool, dict[str, Any]]:
    """The truth and True if the reply should say it; otherwise what habit suggests and False. And the closed set."""
    closed = {**closed_set(task, found, kind=kind), "guess": round(1 / len(LABELS[task]), 4)}
    return ([found], True, closed) if split == "low_cooc" or found == usual else ([usual], False, closed)


_QUESTIONS: dict[Task, Callable[[Split, bool, random.Random], HabitQuestion]] = {
    "identification": _together,
    "attribute": _color,
    "spatial": _place,
    "count": _number,
    "action": _action,
}
