"""From scenes and wishes to cases: what every scenario of the suite does alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.data.columns import accepted
from mmdt.data.question_rows import FORMAT
from mmdt.errors import UsageError
from mmdt.synthetic.worlds.asked import LABELS, Asked
from mmdt.synthetic.worlds.balance import balanced
from mmdt.synthetic.worlds.language.queries import Task
from mmdt.synthetic.worlds.language.vocabulary import ACTION_PHRASES
from mmdt.synthetic.worlds.language.wishes import WISH_TASKS, WishTask
from mmdt.synthetic.worlds.render import SIDE, render
from mmdt.synthetic.worlds.scene import Scene

MakeTold = Callable[[Cell, Task, str, random.Random], Case]
"""``make(cell, task, label, rng)``: an i2t case of the task whose answer is the label."""
MakeDrawn = Callable[[Cell, WishTask, random.Random], Case]
"""``make(cell, task, rng)``: a t2i case of the task."""

_TRIES = 200


def source(seed: int, *names: object) -> random.Random:
    """The randomness of one cell or one picture: independent of every other's."""
    return random.Random(f"worlds/{seed}/{'/'.join(map(str, names))}")


def told_cases(scenario: str, tasks: Sequence[Task], seed: int, count: int, make: MakeTold) -> Iterator[Case]:
    """``count`` i2t hallucination cases a task, answers balanced over the task's labels."""
    for task in tasks:
        cell = Cell("hallucination", "i2t", scenario, task)
        rng = source(seed, cell)
        yield from distinct((make(cell, task, label, rng) for label in balanced(LABELS[task], rng)), count)


def drawn_cases(scenario: str, seed: int, count: int, make: MakeDrawn) -> Iterator[Case]:
    """``count`` t2i hallucination cases for each of the four tasks."""
    for task in WISH_TASKS:
        cell = Cell("hallucination", "t2i", scenario, task)
        rng = source(seed, cell)
        yield from distinct((make(cell, task, rng) for _ in iter(int, 1)), count)


def distinct(candidates: Iterable[Case], count: int) -> Iterator[Case]:
    """The first ``count`` cases of which no two have the same prompt and pictures.

    Raises UsageError where 200 candidates in a row bring nothing new.
    """
    seen: set[tuple[str, ...]] = set()
    stale = 0
    for case in candidates if count else ():
        key = (case.prompt, *(image.digest for image in case.images))
        stale = stale + 1 if key in seen else 0
        if stale > _TRIES:
            hint = "ask for fewer"
            raise UsageError(f"there are only about {len(seen)} different cases", where=str(case.cell), hint=hint)
        if not stale:
            seen.add(key)
            yield case
            if len(seen) == count:
                return


def told_case(
    cell: Cell, asked: Asked, text: str, *, prompt: str = "", target: Mapping[str, Any] | None = None, group: str = ""
) -> Case:
    """An i2t case: the scene's picture and the question ``text``, or a longer ``prompt`` that holds it.

    The form that the reply should have is added, as it is for published rows.
    """
    asking = f"{prompt or text} {FORMAT[asked.query.task]}"
    return picture_case(cell, asked.scene, asking, asked_target(asked, text) | dict(target or {}), group)


def picture_case(
    cell: Cell, scene: Scene, prompt: str, target: Mapping[str, Any], group: str = "", side: int = SIDE
) -> Case:
    """An i2t case of a scene, drawn ``side`` pixels wide."""
    return Case.make(cell, prompt, (Image.from_pil(render(scene, side)),), target, group)


def asked_target(asked: Asked, text: str) -> dict[str, Any]:
    """``{"counts"}`` or ``{"answer"}``, with the question and the share that guessing gets right."""
    extra = {"question": text, "guess": round(asked.guess, 4)}
    if isinstance(asked.answer, Mapping):
        return {"counts": dict(asked.answer), **extra}
    if asked.query.task == "action":
        variants = list(dict.fromkeys((ACTION_PHRASES[str(asked.answer)], str(asked.answer))))
        return {**accepted(variants), **extra}
    return {"answer": asked.answer, **extra}
