"""Natural: plain questions about plain scenes, plain requests for plain pictures."""

from __future__ import annotations

import random
from collections.abc import Iterator

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.synthetic.worlds.asked import compose
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.queries import TASKS, Task
from mmdt.synthetic.worlds.language.questions import question
from mmdt.synthetic.worlds.language.wishes import WishTask, wish
from mmdt.synthetic.worlds.language.wording import request
from mmdt.synthetic.worlds.suite.cases import drawn_cases, told_case, told_cases


def i2t(seed: int, count: int) -> Iterator[Case]:
    """identification, attribute, spatial, count and action."""
    return told_cases("natural", TASKS, seed, count, _told)


def t2i(seed: int, count: int) -> Iterator[Case]:
    """identification, attribute, spatial and count."""
    return drawn_cases("natural", seed, count, _drawn)


def _told(cell: Cell, task: Task, label: str, rng: random.Random) -> Case:
    asked = compose(task, label, rng, DEFAULT)
    return told_case(cell, asked, question(asked.query, rng))


def _drawn(cell: Cell, task: WishTask, rng: random.Random) -> Case:
    found = wish(task, rng, DEFAULT)
    return Case.make(cell, request(found.meaning, rng), target=found.target)
