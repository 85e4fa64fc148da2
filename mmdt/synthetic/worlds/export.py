"""Export of worlds: new cases in the schema of users' own data, their pictures, and a gallery page."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import msgspec

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.data.question_rows import FORMAT
from mmdt.disk.whole import whole
from mmdt.errors import UsageError
from mmdt.spelling import option
from mmdt.synthetic.worlds.balance import balanced
from mmdt.synthetic.worlds.croissant import write_croissant
from mmdt.synthetic.worlds.difficulty import Difficulty
from mmdt.synthetic.worlds.language.picture_requests import PICTURE_TASKS, PictureTask, sample_request
from mmdt.synthetic.worlds.language.queries import TASKS, Task
from mmdt.synthetic.worlds.language.questions import question
from mmdt.synthetic.worlds.language.wording import request
from mmdt.synthetic.worlds.scene_questions import LABELS, compose
from mmdt.synthetic.worlds.suite.cases import distinct, picture_case, question_target, source

CASES = "worlds.jsonl"
PICTURES = "pictures"
GALLERY = "gallery.html"
GALLERY_SIZE = 60
"""Number of cases on the gallery page, spread evenly over the tasks."""

_STYLE = (
    "body{font:16px system-ui,sans-serif;margin:2rem;max-width:80rem}"
    "main{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1.5rem}"
    "figure{margin:0}img{width:100%;border:1px solid #999}figcaption b{display:block}"
)


def make_worlds(out: str | Path, *, seed: int = 0, count: int = 20, level: int = 2, side: int = 512) -> int:
    """Write ``count`` cases for each of nine natural tasks (five i2t, four t2i) to ``out``; return the total.

    ``level`` is the difficulty, 1 to 5; ``side`` is the side length of the pictures in pixels. The same arguments give
    the same files. Raises UsageError if ``out`` is not empty, or if ``count`` or ``level`` is out of range.
    """
    folder, difficulty = Path(out), Difficulty.level(level)
    if count < 1:
        raise UsageError(f"the number of cases per task must be at least 1, got {count}", hint="request at least one")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError("the folder is not empty", where=str(folder), hint=f"choose another {option('out')}")
    (folder / PICTURES).mkdir(parents=True, exist_ok=True)
    shown: list[tuple[Case, str]] = []
    total = 0
    try:
        with whole(folder / CASES) as part, part.open("wb") as file:
            for case in _cases(seed, count, difficulty, side):
                picture = _save_picture(folder, case.images[0]) if case.images else ""
                file.write(msgspec.json.encode(_record(case, picture)) + b"\n")
                if total % count < GALLERY_SIZE // 9 + 1:
                    shown.append((case, picture))
                total += 1
        title = f"Worlds, seed {seed}, difficulty {level}, {count} cases per task"
        (folder / GALLERY).write_text(_gallery(title, shown), "utf-8")
        write_croissant(folder, CASES, PICTURES, name=f"mmdt-worlds-{seed}", about=title, seed=seed)
    except UsageError:
        shutil.rmtree(folder)  # an incomplete export could be mistaken for a complete one
        raise
    return total


def _cases(seed: int, count: int, difficulty: Difficulty, side: int) -> Iterator[Case]:
    for task in TASKS:
        cell = Cell("hallucination", "i2t", "natural", task)
        rng = source(seed, "export", cell)
        labels = balanced(LABELS[task], rng)
        yield from distinct((_i2t_case(cell, task, label, rng, difficulty, side) for label in labels), count)
    for wanted in PICTURE_TASKS:
        cell = Cell("hallucination", "t2i", "natural", wanted)
        rng = source(seed, "export", cell)
        yield from distinct((_t2i_case(cell, wanted, rng, difficulty) for _ in iter(int, 1)), count)


def _i2t_case(cell: Cell, task: Task, label: str, rng: random.Random, difficulty: Difficulty, side: int) -> Case:
    scene_question = compose(task, label, rng, difficulty)
    text = question(scene_question.query, rng)
    return picture_case(
        cell, scene_question.scene, f"{text} {FORMAT[task]}", question_target(scene_question, text), side=side
    )


def _t2i_case(cell: Cell, task: PictureTask, rng: random.Random, difficulty: Difficulty) -> Case:
    found = sample_request(task, rng, difficulty)
    return Case.make(cell, request(found.meaning, rng), target=found.target)


def _save_picture(out: Path, image: Image) -> str:
    name = f"{PICTURES}/{image.digest[:20]}.{image.suffix}"
    (out / name).write_bytes(image.read())
    return name


def _record(case: Case, picture: str) -> dict[str, Any]:
    record: dict[str, Any] = {"id": case.id, "cell": str(case.cell), "prompt": case.prompt, "target": case.target}
    return record | ({"image": picture} if picture else {})


def _gallery(title: str, shown: list[tuple[Case, str]]) -> str:
    """A page without scripts: prompts, pictures, truths, and how often a guess is right."""
    figures = "\n".join(_figure(case, picture) for case, picture in shown)
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    body = f"<h1>{escape(title)}</h1><main>{figures}</main>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def _figure(case: Case, picture: str) -> str:
    truth = {key: value for key, value in case.target.items() if key not in ("question", "guess")}
    if case.cell.flow.output == "image":  # its question is for the evaluator, not the model, so it belongs to the truth
        truth = dict(case.target)
    drawn = f'<img src="{escape(picture)}" alt="{escape(case.prompt)}" loading="lazy">' if picture else ""
    said = escape(msgspec.json.encode(truth).decode())
    guess = f"<br>a guess is right in {case.target['guess']:.0%}" if "guess" in case.target else ""
    caption = f"<b>{case.cell.modality} {case.cell.task}</b>{escape(case.prompt)}<br><code>{said}</code>{guess}"
    return f"<figure>{drawn}<figcaption>{caption}</figcaption></figure>"
