"""Natural: plain questions about plain scenes, and plain requests for pictures."""

from __future__ import annotations

import random
from collections.abc import Iterator

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.picture_requests import PictureTask, sample_request
from mmdt.synthetic.worlds.language.queries import TASKS, Task
from mmdt.synthetic.worlds.language.questions import question
from mmdt.synthetic.worlds.language.wording import request
from mmdt.synthetic.worlds.scene_questions import compose
from mmdt.synthetic.worlds.suite.cases import i2t_case, i2t_cases, t2i_cases


def i2t(seed: int, count: int) -> Iterator[Case]:
    """identification, attribute, spatial, count and action."""
    return i2t_cases("natural", TASKS, seed, count, _i2t_case)


def t2i(seed: int, count: int) -> Iterator[Case]:
    """identification, attribute, spatial and count."""
    return t2i_cases("natural", seed, count, _t2i_case)


def _i2t_case(cell: Cell, task: Task, label: str, rng: random.Random) -> Case:
    scene_question = compose(task, label, rng, DEFAULT)
    return i2t_case(cell, scene_question, question(scene_question.query, rng))


def _t2i_case(cell: Cell, task: PictureTask, rng: random.Random) -> Case:
    found = sample_request(task, rng, DEFAULT)
    return Case.make(cell, request(found.meaning, rng), target=found.target)
