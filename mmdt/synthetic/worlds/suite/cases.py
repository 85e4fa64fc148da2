"""Makes cases of scenes and requests; shared by all scenarios of the suite."""

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
from mmdt.synthetic.worlds.balance import balanced
from mmdt.synthetic.worlds.language.picture_requests import PICTURE_TASKS, PictureTask
from mmdt.synthetic.worlds.language.queries import Task
from mmdt.synthetic.worlds.language.vocabulary import ACTION_PHRASES, KINDS
from mmdt.synthetic.worlds.parts import part_colors
from mmdt.synthetic.worlds.render import SIDE, render
from mmdt.synthetic.worlds.scene import Scene
from mmdt.synthetic.worlds.scene_questions import LABELS, SceneQuestion

MakeI2t = Callable[[Cell, Task, str, random.Random], Case]
"""``make(cell, task, label, rng)`` makes an i2t case of the task whose answer is the label."""
MakeT2i = Callable[[Cell, PictureTask, random.Random], Case]
"""``make(cell, task, rng)`` makes a t2i case of the task."""

_TRIES = 200


def source(seed: int, *names: object) -> random.Random:
    """A random generator for one cell or picture, independent of all others."""
    return random.Random(f"worlds/{seed}/{'/'.join(map(str, names))}")


def i2t_cases(
    scenario: str,
    tasks: Sequence[Task],
    seed: int,
    count: int,
    make: MakeI2t,
    labels_of: Mapping[Task, Sequence[str]] = LABELS,
) -> Iterator[Case]:
    """``count`` i2t hallucination cases per task, with answers balanced over the task's labels."""
    for task in tasks:
        cell = Cell("hallucination", "i2t", scenario, task)
        rng = source(seed, cell)
        yield from distinct((make(cell, task, label, rng) for label in balanced(labels_of[task], rng)), count)


def t2i_cases(scenario: str, seed: int, count: int, make: MakeT2i) -> Iterator[Case]:
    """``count`` t2i hallucination cases for each of the four tasks."""
    for task in PICTURE_TASKS:
        cell = Cell("hallucination", "t2i", scenario, task)
        rng = source(seed, cell)
        yield from distinct((with_unasked(make(cell, task, rng), rng) for _ in iter(int, 1)), count)


UNASKED = 3
"""How many kinds that a request does not ask for are looked for in the picture."""


def with_unasked(case: Case, rng: random.Random, said: str = "") -> Case:
    """The case with some kinds in ``target["unasked"]`` that its prompt (or ``said`` instead) does not name."""
    text = f"{said or case.prompt} {case.target}".casefold()
    kinds = rng.sample([kind for kind in KINDS if kind not in text], UNASKED)
    return Case.make(case.cell, case.prompt, case.images, {**case.target, "unasked": kinds}, case.group)


def distinct(candidates: Iterable[Case], count: int) -> Iterator[Case]:
    """The first ``count`` cases with distinct prompts and pictures.

    Raises UsageError after more than 200 duplicates in a row.
    """
    seen: set[tuple[str, ...]] = set()
    stale = 0
    for case in candidates if count else ():
        key = (case.prompt, *(image.digest for image in case.images))
        stale = stale + 1 if key in seen else 0
        if stale > _TRIES:
            hint = "request fewer cases"
            raise UsageError(f"there are only about {len(seen)} different cases", where=str(case.cell), hint=hint)
        if not stale:
            seen.add(key)
            yield case
            if len(seen) == count:
                return


def i2t_case(
    cell: Cell,
    scene_question: SceneQuestion,
    text: str,
    *,
    prompt: str = "",
    target: Mapping[str, Any] | None = None,
    group: str = "",
) -> Case:
    """An i2t case: the scene's picture and the question ``text``, or a longer ``prompt`` that contains it.

    The requested reply format is appended, as for published rows.
    """
    asking = f"{prompt or text} {FORMAT[scene_question.query.task]}"
    return picture_case(
        cell, scene_question.scene, asking, question_target(scene_question, text) | dict(target or {}), group
    )


def picture_case(
    cell: Cell, scene: Scene, prompt: str, target: Mapping[str, Any], group: str = "", side: int = SIDE
) -> Case:
    """An i2t case of a scene; the picture is ``side`` pixels wide."""
    return Case.make(cell, prompt, (Image.from_pil(render(scene, side)),), target, group)


def question_target(scene_question: SceneQuestion, text: str) -> dict[str, Any]:
    """``{"counts"}``, or ``{"answer"}`` of a closed set, with the question and the accuracy of guessing."""
    extra = {"question": text, "guess": round(scene_question.guess, 4)}
    if isinstance(scene_question.answer, Mapping):
        return {"counts": dict(scene_question.answer), **extra}
    task, label = scene_question.query.task, str(scene_question.answer)
    answer = accepted(action_names(label)) if task == "action" else {"answer": label}
    return {**answer, **closed_set(task, label, kind=scene_question.query.subject.kind), **extra}


def closed_set(task: Task, label: str, options: Sequence[str] = (), kind: str = "") -> dict[str, Any]:
    """``{"truth", "options"}``: a reply is right where it affirms the truth and no other of the options.

    The options are all labels of the task unless some are given, without the colours of the parts of a thing of this
    ``kind``: "a red and white ball" is right about a red one.
    """
    beside = part_colors(kind, label) if task == "attribute" and kind else frozenset()
    known = [each for each in options or LABELS[task] if each not in beside]
    names = [" or ".join(action_names(each)) if task == "action" else each for each in known]
    truth = " or ".join(action_names(label)) if task == "action" else label
    return {"truth": [truth], "options": names}


def action_names(action: str) -> list[str]:
    """What people call an action: ``riding a bicycle`` and ``cycling``."""
    return list(dict.fromkeys((ACTION_PHRASES[action], action)))
