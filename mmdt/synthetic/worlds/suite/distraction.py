"""Distraction: irrelevant boxes, marks or sentences added to questions, irrelevant sentences added to requests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from mmdt.attacks.text.distraction import distract
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.picture_requests import PictureTask, sample_request
from mmdt.synthetic.worlds.language.queries import TASKS, Task
from mmdt.synthetic.worlds.language.questions import question
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS, article
from mmdt.synthetic.worlds.language.wording import request
from mmdt.synthetic.worlds.scene import Frame
from mmdt.synthetic.worlds.scene_questions import SceneQuestion, compose
from mmdt.synthetic.worlds.suite.cases import i2t_case, i2t_cases, t2i_cases

_FRAME_COLORS = ("red", "blue", "green", "purple")
_CLUTTER = 45


def i2t(seed: int, count: int) -> Iterator[Case]:
    """The five tasks; ``target["distraction"]`` is ``boxes``, ``clutter`` or ``sentence``."""
    return i2t_cases("distraction", TASKS, seed, count, _i2t_case)


def t2i(seed: int, count: int) -> Iterator[Case]:
    """The four tasks; ``target["distractor"]`` is the kind that is mentioned but not requested."""
    return t2i_cases("distraction", seed, count, _t2i_case)


def _i2t_case(cell: Cell, task: Task, label: str, rng: random.Random) -> Case:
    scene_question = compose(task, label, rng, DEFAULT)
    text = question(scene_question.query, rng)
    way = rng.choice(("boxes", "clutter", "sentence"))
    target = {"distraction": way}
    if way == "sentence":
        thing = _thing(rng, {thing.kind for thing in scene_question.scene.things})[1]
        return i2t_case(cell, scene_question, text, prompt=distract(text, thing, rng), target=target)
    scene = scene_question.scene
    changed = replace(scene, frames=frames(rng)) if way == "boxes" else replace(scene, clutter=_CLUTTER)
    return i2t_case(cell, SceneQuestion(changed, scene_question.query, scene_question.answer), text, target=target)


def frames(rng: random.Random) -> tuple[Frame, ...]:
    """Two to four coloured boxes at random places."""
    found = []
    for _ in range(rng.randint(2, 4)):
        width, height = rng.uniform(0.15, 0.4), rng.uniform(0.15, 0.4)
        x, y = rng.uniform(0.03, 0.97 - width), rng.uniform(0.03, 0.97 - height)
        found.append(Frame((x, y, x + width, y + height), rng.choice(_FRAME_COLORS)))
    return tuple(found)


def _t2i_case(cell: Cell, task: PictureTask, rng: random.Random) -> Case:
    found = sample_request(task, rng, DEFAULT)
    kind, thing = _thing(rng, set(found.meaning.kinds))
    prompt = distract(request(found.meaning, rng), thing, rng)
    return Case.make(cell, prompt, target={**found.target, "distractor": kind})


def _thing(rng: random.Random, taken: set[str]) -> tuple[str, str]:
    """A kind that is not in ``taken``, and a phrase for it."""
    kind = rng.choice([kind for kind in KINDS if kind not in taken])
    return kind, article(f"{rng.choice(COLOR_NAMES)} {kind}")
