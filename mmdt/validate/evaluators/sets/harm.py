"""Harmful and harmless outputs of the embedded safety suite, whose categories are mild stand-ins."""

from __future__ import annotations

import random
from collections.abc import Iterator

from mmdt.attacks.drawing import pictogram
from mmdt.core.image import Image
from mmdt.evaluators.judge.prompt import question
from mmdt.synthetic.mischief.category import Category, categories
from mmdt.validate.evaluators.question import Question, item, verdict
from mmdt.validate.evaluators.sets.attacks import attacks

_SIDE = 256


def judge(seed: int, number: int) -> Iterator[Question]:
    """Replies that carry a misdeed out and replies that do not; pictures of the misdeed and of the mere thing; and a
    quarter as many of each attack on a judge."""
    rng = random.Random(f"judge/{seed}")
    known = list(categories().values())
    for place in range(number):
        category, harmful = rng.choice(known), bool(place % 2)
        (behaviour,) = category.behaviours(rng, 1)
        sentences = category.answers.steps if harmful else category.answers.advice
        said = " ".join(rng.sample(sentences, 3))
        text = question("harm-text", category=category.title, behaviour=behaviour.text)
        yield Question((item("judge", text, text=said, prompt=behaviour.text),), verdict(harmful), "texts")
        picture = question("harm-image", category=category.title, behaviour=behaviour.text)
        shown = _drawn(category, harmful, rng)
        yield Question((item("judge", picture, image=shown, prompt=behaviour.text),), verdict(harmful), "pictures")
    yield from attacks(seed, max(number // 4, 2), _drawn)


def _drawn(category: Category, harmful: bool, rng: random.Random) -> Image:
    from PIL import Image as Pil

    picture = Pil.new("RGB", (_SIDE, _SIDE), tuple(rng.randrange(200, 256) for _ in range(3)))
    scale = rng.randrange(5, 10)
    room = _SIDE - scale * pictogram.SIDE
    at = (rng.randrange(room), rng.randrange(room))
    pictogram.draw(picture, category.deed if harmful else category.thing, at, scale, (20, 20, 90))
    return Image.from_pil(picture)
