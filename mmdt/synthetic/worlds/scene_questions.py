"""Questions about scenes: the answer is chosen first, balanced over all labels, and the scene is built around it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mmdt.synthetic.worlds.arrangement import UnplacedThing, arrange
from mmdt.synthetic.worlds.difficulty import Difficulty
from mmdt.synthetic.worlds.language.queries import SUPERLATIVES, Answer, Query, Ref, Superlative, Task, answer, area
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS
from mmdt.synthetic.worlds.palette import SIMILAR
from mmdt.synthetic.worlds.parts import part_colors
from mmdt.synthetic.worlds.scene import OPPOSITE, RELATIONS, Bounds, Scene, Thing, clearly_related, relation_of
from mmdt.synthetic.worlds.sprites.library import ACTIONS, PERSON

MAX_COUNT = 5
"""The largest count in a question or request."""
LABELS: Mapping[Task, Sequence[str]] = {
    "identification": KINDS,
    "attribute": COLOR_NAMES,
    "spatial": RELATIONS,
    "count": tuple(map(str, range(1, MAX_COUNT + 1))),
    "action": tuple(ACTIONS),
}
"""The possible answers of each task; all are equally frequent."""


HIDES_SHIRT = ("sleeping",)
"""Actions of people whose shirt is under a blanket: nobody could tell its colour."""


@dataclass(frozen=True, slots=True)
class SceneQuestion:
    """A scene, a question about it, and the right answer."""

    scene: Scene
    query: Query
    answer: Answer

    @classmethod
    def about(cls, scene: Scene, query: Query) -> SceneQuestion:
        """A question with the answer that the scene gives."""
        return cls(scene, query, answer(query, scene.things))

    @property
    def guess(self) -> float:
        """The probability that a guess among the task's labels is right."""
        return 1 / len(LABELS[self.query.task])


def compose(task: Task, label: str, rng: random.Random, difficulty: Difficulty) -> SceneQuestion:
    """A scene and a question of the task with the answer ``label`` (for count: that of the first kind)."""
    if task == "identification":
        return _identification(label, rng, difficulty)
    if task == "attribute":
        return _attribute(label, rng, difficulty)
    if task == "spatial":
        return _spatial(label, rng, difficulty)
    if task == "count":
        return _count(int(label), rng, difficulty)
    return _action(label, rng, difficulty)


def colors(rng: random.Random, count: int, difficulty: Difficulty, first: str = "") -> list[str]:
    """Different colours, starting with ``first``; at some difficulties, similar colours come next."""
    first = first or rng.choice(COLOR_NAMES)
    rest = [color for color in COLOR_NAMES if color != first]
    rng.shuffle(rest)
    if rng.random() < difficulty.similar:
        rest.sort(key=lambda color: (first, color) not in SIMILAR and (color, first) not in SIMILAR)
    return [first, *rest][:count]


def objects(
    rng: random.Random, number: int, difficulty: Difficulty, kind: str = "", color: str = ""
) -> list[UnplacedThing]:
    """Objects of different kinds and colours; ``kind`` and ``color`` are those of the first one."""
    kinds = [kind] if kind else []
    kinds += rng.sample([each for each in KINDS if each != kind], number - len(kinds))
    paints = colors(rng, number, difficulty, color)
    return [UnplacedThing(each, paint) for each, paint in zip(kinds, paints, strict=True)]


def object_count(rng: random.Random, difficulty: Difficulty, least: int = 2) -> int:
    """The number of objects in a scene."""
    return max(least, rng.randint(*difficulty.things))


def _identification(label: str, rng: random.Random, difficulty: Difficulty) -> SceneQuestion:
    what = objects(rng, object_count(rng, difficulty), difficulty, label)
    scene = arrange(rng, what, difficulty)
    places = superlatives_of(scene.things[0], scene.things)
    if places and rng.random() < 0.5:
        return SceneQuestion.about(scene, Query("identification", Ref(place=rng.choice(places))))
    if any(what[0].color in part_colors(each.kind, each.color) for each in what[1:]):
        return _identification(label, rng, difficulty)  # the white one may be the clock with a white face
    return SceneQuestion.about(scene, Query("identification", Ref(color=what[0].color)))


def superlatives_of(thing: Thing, things: Sequence[Thing]) -> list[Superlative]:
    """The superlatives that hold for a thing among others, by a clear margin."""
    others = [each for each in things if each is not thing]
    margins: dict[Superlative, Callable[[Thing], bool]] = {
        "largest": lambda other: area(thing) > 1.35 * area(other),
        "smallest": lambda other: area(other) > 1.35 * area(thing),
        "leftmost": lambda other: thing.x < other.x - 0.08,
        "rightmost": lambda other: thing.x > other.x + 0.08,
        "highest": lambda other: thing.y < other.y - 0.08,
        "lowest": lambda other: thing.y > other.y + 0.08,
    }
    return [place for place in SUPERLATIVES if all(margins[place](other) for other in others)]


def _attribute(label: str, rng: random.Random, difficulty: Difficulty) -> SceneQuestion:
    what = objects(rng, object_count(rng, difficulty), difficulty, color=label)
    if rng.random() < 0.2:
        action = rng.choice([action for action in ACTIONS if action not in HIDES_SHIRT])
        what[0] = UnplacedThing(PERSON, label, action)
        return SceneQuestion.about(arrange(rng, what, difficulty), Query("attribute", Ref(PERSON, action=action)))
    return SceneQuestion.about(arrange(rng, what, difficulty), Query("attribute", Ref(what[0].kind)))


def _spatial(label: str, rng: random.Random, difficulty: Difficulty) -> SceneQuestion:
    what = objects(rng, object_count(rng, difficulty), difficulty)
    scene, one, other = related_scene(rng, what, difficulty, label)
    return SceneQuestion.about(scene, Query("spatial", Ref(one.kind), Ref(other.kind)))


def related_scene(
    rng: random.Random,
    what: Sequence[UnplacedThing],
    difficulty: Difficulty,
    relation: str,
    keep_out: Sequence[Bounds] = (),
) -> tuple[Scene, Thing, Thing]:
    """A scene whose first two things clearly have the relation, and these two things in its order."""
    while True:
        scene = arrange(rng, what, difficulty, keep_out)
        one, other = scene.things[:2]
        if not clearly_related(one, other):
            continue
        found = relation_of(one, other)
        if found == relation:
            return scene, one, other
        if OPPOSITE[found] == relation:
            return scene, other, one


def _count(number: int, rng: random.Random, difficulty: Difficulty) -> SceneQuestion:
    kinds = rng.sample(KINDS, 3)
    numbers = [number, rng.randint(1, MAX_COUNT), rng.randint(0, 1)]
    what = [
        UnplacedThing(kind, rng.choice(COLOR_NAMES))
        for kind, many in zip(kinds, numbers, strict=True)
        for _ in range(many)
    ]
    rng.shuffle(what)
    scene_question = kinds[:2] if rng.random() < 0.6 else kinds[:1]
    return SceneQuestion.about(arrange(rng, what, difficulty), Query("count", kinds=tuple(scene_question)))


def _action(label: str, rng: random.Random, difficulty: Difficulty) -> SceneQuestion:
    other = rng.choice([action for action in ACTIONS if action != label])
    paints = colors(rng, 3, difficulty)
    people = [UnplacedThing(PERSON, paints[0], label, 1.3), UnplacedThing(PERSON, paints[1], other, 1.3)]
    alone = rng.random() < 0.3 or label in HIDES_SHIRT
    if alone:
        people = people[:1]
    what = [*people, UnplacedThing(rng.choice(KINDS), paints[2])]
    return SceneQuestion.about(arrange(rng, what, difficulty), Query("action", Ref(PERSON, "" if alone else paints[0])))
