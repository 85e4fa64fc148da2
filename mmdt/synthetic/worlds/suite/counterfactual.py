"""Counterfactual: an imagined change with a known result."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.synthetic.worlds.arrangement import UnplacedThing, arrange
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.edits import Edit, revise, suppose
from mmdt.synthetic.worlds.language.meaning import Meaning, ObjectSpec
from mmdt.synthetic.worlds.language.picture_requests import PictureTask, color_questions, ring_links, ring_relations
from mmdt.synthetic.worlds.language.queries import SUPERLATIVES, Query, Ref, Task
from mmdt.synthetic.worlds.language.questions import question
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS
from mmdt.synthetic.worlds.language.wording import revised_request
from mmdt.synthetic.worlds.scene import OPPOSITE
from mmdt.synthetic.worlds.scene_questions import (
    LABELS,
    MAX_COUNT,
    SceneQuestion,
    objects,
    related_scene,
    superlatives_of,
)
from mmdt.synthetic.worlds.suite.cases import i2t_case, i2t_cases, t2i_cases

TASKS: tuple[Task, ...] = ("identification", "attribute", "spatial", "count")


LABELS_AFTER = {**LABELS, "count": ("1", "2", "3", "4")}
"""Of count, how many there are beyond the step of the change (``_recounted``)."""


def i2t(seed: int, count: int) -> Iterator[Case]:
    """identification, attribute, spatial and count after something was removed, added, painted or swapped."""
    return i2t_cases("counterfactual", TASKS, seed, count, _i2t_case, LABELS_AFTER)


def t2i(seed: int, count: int) -> Iterator[Case]:
    """The same four tasks; identification has ``{"visible", "absent"}``."""
    return t2i_cases("counterfactual", seed, count, _t2i_case)


def _i2t_case(cell: Cell, task: Task, label: str, rng: random.Random) -> Case:
    scene_question = _QUESTIONS[task](label, rng)
    target = {"guess": round(1 / len(LABELS_AFTER[task]), 4)}
    return i2t_case(cell, scene_question, question(scene_question.query, rng), target=target)


def _left_over(label: str, rng: random.Random) -> SceneQuestion:
    """Which object would be largest (leftmost...) if the one that is now were removed."""
    while True:
        scene = arrange(rng, objects(rng, 4, DEFAULT, label), DEFAULT)
        one = scene.things[0]
        for place in rng.sample(SUPERLATIVES, len(SUPERLATIVES)):
            first = next((each for each in scene.things if place in superlatives_of(each, scene.things)), one)
            rest = [thing for thing in scene.things if thing is not first]
            if first is not one and place in superlatives_of(one, rest):
                query = Query("identification", Ref(place=place), edits=(Edit("remove", first.kind),))
                return SceneQuestion.about(scene, query)


def _painted(label: str, rng: random.Random) -> SceneQuestion:
    """What colour a thing would have if it, or another one, were painted like a third.

    The change names no colour: one that it names is the answer, or is not, and the text alone would tell.
    """
    what = objects(rng, 3, DEFAULT, color=label)
    own = rng.random() < 0.5
    asked, painted, like = (1, 1, 0) if own else (0, 1, 2)
    edit = Edit("paint", what[painted].kind, other=what[like].kind)
    query = Query("attribute", Ref(what[asked].kind), edits=(edit,))
    return SceneQuestion.about(arrange(rng, what, DEFAULT), query)


def _swapped(label: str, rng: random.Random) -> SceneQuestion:
    """Where a thing would be if the two changed places."""
    what = objects(rng, rng.randint(2, 4), DEFAULT)
    scene, one, other = related_scene(rng, what, DEFAULT, OPPOSITE[label])
    swap = Edit("swap", one.kind, other=other.kind)
    return SceneQuestion.about(scene, Query("spatial", Ref(one.kind), Ref(other.kind), edits=(swap,)))


def _recounted(label: str, rng: random.Random) -> SceneQuestion:
    """How many there would be if some were added or removed.

    Whatever the change, four numbers are equally likely: ``label`` more than the step.
    """
    step, adding = rng.randint(1, 2), rng.random() < 0.5
    number = int(label) + step
    now = number - step if adding else number + step
    kind, other = rng.sample(KINDS, 2)
    what = [UnplacedThing(kind, rng.choice(COLOR_NAMES)) for _ in range(now)] + [
        UnplacedThing(other, rng.choice(COLOR_NAMES))
    ]
    edit = Edit("add" if adding else "remove", kind, step)
    return SceneQuestion.about(arrange(rng, what, DEFAULT), Query("count", kinds=(kind,), edits=(edit,)))


_QUESTIONS = {"identification": _left_over, "attribute": _painted, "spatial": _swapped, "count": _recounted}


def _t2i_case(cell: Cell, task: PictureTask, rng: random.Random) -> Case:
    meaning, edit = _REQUESTS[task](rng)
    after = revise(edit, meaning)
    if task == "identification":
        target: dict[str, Any] = {"visible": list(after.kinds), "absent": list(after.absent)}
    elif task == "attribute":
        target = color_questions(edit.kind, edit.color, rng)
    elif task == "spatial":
        target = {"objects": list(after.kinds), "relations": ring_relations(after)}
    else:
        target = {"counts": {part.kind: part.count for part in after.parts}}
    return Case.make(cell, revised_request(meaning, suppose(edit, rng), rng), target=target)


def _one_goes(rng: random.Random) -> tuple[Meaning, Edit]:
    kinds = rng.sample(KINDS, rng.randint(2, 4))
    return Meaning(tuple(map(ObjectSpec, kinds))), Edit("remove", rng.choice(kinds))


def _one_is_painted(rng: random.Random) -> tuple[Meaning, Edit]:
    kinds, (was, other, becomes) = rng.sample(KINDS, 2), rng.sample(COLOR_NAMES, 3)
    return Meaning((ObjectSpec(kinds[0], 1, was), ObjectSpec(kinds[1], 1, other))), Edit(
        "paint", kinds[0], color=becomes
    )


def _two_change_places(rng: random.Random) -> tuple[Meaning, Edit]:
    kinds = rng.sample(KINDS, 3)
    one, other = rng.sample(kinds, 2)
    return Meaning(tuple(map(ObjectSpec, kinds)), ring_links(rng)), Edit("swap", one, other=other)


def _some_come_or_go(rng: random.Random) -> tuple[Meaning, Edit]:
    kinds, step = rng.sample(KINDS, rng.randint(1, 2)), rng.randint(1, 2)
    after = rng.randint(1, MAX_COUNT)
    adding = after > step and rng.random() < 0.5
    first = ObjectSpec(kinds[0], after - step if adding else after + step)
    others = [ObjectSpec(kind, rng.randint(1, 3)) for kind in kinds[1:]]
    return Meaning((first, *others)), Edit("add" if adding else "remove", kinds[0], step)


_REQUESTS: dict[PictureTask, Callable[[random.Random], tuple[Meaning, Edit]]] = {
    "identification": _one_goes,
    "attribute": _one_is_painted,
    "spatial": _two_change_places,
    "count": _some_come_or_go,
}
