"""Out-of-distribution: the same questions about corrupted and painted pictures, the same requests in other words.

All styles use the same scenes and requests; ``group`` links each case to the clean one in ``original``. Pictures are
changed at severities 1 to 5, each of which every five cases of a task have once, in random order.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from mmdt.attacks.text.rare_words import rare_words
from mmdt.attacks.text.shakespeare import shakespeare
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.data.question_rows import FORMAT
from mmdt.synthetic.worlds.balance import balanced
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.meaning import Link, Meaning, ObjectSpec
from mmdt.synthetic.worlds.language.picture_requests import color_questions, sample_request
from mmdt.synthetic.worlds.language.queries import Task
from mmdt.synthetic.worlds.language.questions import question
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS
from mmdt.synthetic.worlds.language.wording import request
from mmdt.synthetic.worlds.render import render
from mmdt.synthetic.worlds.scene import RELATIONS
from mmdt.synthetic.worlds.scene_questions import LABELS, compose
from mmdt.synthetic.worlds.suite.cases import distinct, question_target, source, with_unasked
from mmdt.synthetic.worlds.suite.severities import CHANGES, SEVERITIES

ORIGINAL = "original"
I2T_TASKS: tuple[Task, ...] = ("attribute", "count", "spatial", "identification")
CONSTANT_PICTURE = 0.2
"""What a picture of one of everything gets for helpfulness by ``similarity.pixels``, at most: a similarity has no guess
rate of its own."""
_RENDERINGS: Mapping[str, Callable[[str, random.Random], str]] = {"Shake_": shakespeare, "Paraphrase_": rare_words}

PlainRequest = tuple[Meaning, dict[str, Any]]


def i2t(style: str, seed: int, count: int) -> Iterator[Case]:
    """The four tasks for one corruption or style, or for ``original``."""
    for task in I2T_TASKS:
        rng = source(seed, "ood/i2t", task)
        labels = balanced(LABELS[task], rng)
        cell = Cell("ood", "i2t", style, task)
        severities = _severities(source(seed, style, task))
        for number, clean in enumerate(distinct((_clean_question(cell, task, label, rng) for label in labels), count)):
            yield clean if style == ORIGINAL else _alter(clean, style, next(severities), seed + 1000 * number)


def _severities(rng: random.Random) -> Iterator[int]:
    """Each severity once in every five, in random order: answers, which come in turn too, do not go with them."""
    while True:
        yield from rng.sample(SEVERITIES, len(SEVERITIES))


def _clean_question(cell: Cell, task: Task, label: str, rng: random.Random) -> Case:
    """A clean case, already in the cell of its style."""
    scene_question = compose(task, label, rng, DEFAULT)
    text = question(scene_question.query, rng)
    picture = Image.from_pil(render(scene_question.scene))
    group = f"{task}/{picture.digest[:12]}/{_short(text)}"
    return Case.make(cell, f"{text} {FORMAT[task]}", (picture,), question_target(scene_question, text), group)


def _alter(clean: Case, style: str, severity: int, seed: int) -> Case:
    rng = np.random.default_rng([seed, len(style)])
    picture = Image.from_pil(CHANGES[style](clean.images[0].pil(), severity, rng))
    return Case.make(clean.cell, clean.prompt, (picture,), {**clean.target, "severity": severity}, clean.group)


def t2i(style: str, seed: int, count: int) -> Iterator[Case]:
    """helpfulness, count, spatial, color and size for one style of wording, or for ``original``."""
    for task, make in _REQUESTS.items():
        rng = source(seed, "ood/t2i", task)
        cell = Cell("ood", "t2i", style, task)
        for plain in distinct((_clean_request(cell, make, rng) for _ in iter(int, 1)), count):
            yield plain if style == ORIGINAL else _rephrase(plain, style, seed)


def _clean_request(cell: Cell, make: Callable[[random.Random], PlainRequest], rng: random.Random) -> Case:
    meaning, target = make(rng)
    text = request(meaning, rng)
    target = target or {"prompt": text, "guess": CONSTANT_PICTURE}
    return with_unasked(Case.make(cell, text, target=target, group=f"{cell.task}/{_short(text)}"), random.Random(text))


def _rephrase(plain: Case, style: str, seed: int) -> Case:
    text = _RENDERINGS[style](plain.prompt, source(seed, style, plain.prompt))
    return Case.make(plain.cell, text, target=plain.target, group=plain.group)


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _helpfulness(rng: random.Random) -> PlainRequest:
    """A small scene. Its target is the plain prompt, which the caller fills in after wording the request."""
    kinds = rng.sample(KINDS, 2)
    return Meaning((ObjectSpec(kinds[0], 1, rng.choice(COLOR_NAMES)), ObjectSpec(kinds[1], rng.randint(1, 3)))), {}


def _count(rng: random.Random) -> PlainRequest:
    found = sample_request("count", rng, DEFAULT)
    return found.meaning, dict(found.target)


def _spatial(rng: random.Random) -> PlainRequest:
    kinds, relation = rng.sample(KINDS, 2), rng.choice(RELATIONS)
    meaning = Meaning(tuple(map(ObjectSpec, kinds)), (Link(0, relation, 1),))
    return meaning, {"objects": kinds, "relations": [relation]}


def _color(rng: random.Random) -> PlainRequest:
    kind, color = rng.choice(KINDS), rng.choice(COLOR_NAMES)
    return Meaning((ObjectSpec(kind, 1, color),)), {**color_questions(kind, color, rng), "colors": {kind: color}}


def _size(rng: random.Random) -> PlainRequest:
    kinds, sizes = rng.sample(KINDS, 2), rng.choice((("large", "small"), ("small", "large")))
    parts = tuple(ObjectSpec(kind, 1, "", size) for kind, size in zip(kinds, sizes, strict=True))
    return Meaning(parts), {"objects": kinds, "size": "larger" if sizes[0] == "large" else "smaller"}


_REQUESTS: Mapping[str, Callable[[random.Random], PlainRequest]] = {
    "helpfulness": _helpfulness,
    "count": _count,
    "spatial": _spatial,
    "color": _color,
    "size": _size,
}
