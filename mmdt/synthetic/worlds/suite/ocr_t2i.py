"""OCR, t2i: text that the picture must show, letter by letter."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import pairwise

from mmdt.attacks.text.false_premise import mislead
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.synthetic.worlds.language.meaning import Meaning, ObjectSpec
from mmdt.synthetic.worlds.language.notices import LONG_NOTICES, NOTICES
from mmdt.synthetic.worlds.language.vocabulary import KINDS
from mmdt.synthetic.worlds.language.wording import request
from mmdt.synthetic.worlds.suite.cases import distinct, source

TASKS = ("complex", "contradictory", "distortion", "misleading")


def t2i(seed: int, count: int) -> Iterator[Case]:
    """The four tasks, ``{"keyword"}``: the text that must be readable in the picture."""
    for task in TASKS:
        cell = Cell("hallucination", "t2i", "ocr", task)
        rng = source(seed, cell)
        yield from distinct((_MAKE[task](cell, rng) for _ in iter(int, 1)), count)


def _complex(cell: Cell, rng: random.Random) -> Case:
    """A long notice of several words and a number."""
    text = long_notice(rng)
    return Case.make(cell, request(_beside(rng, text), rng), target={"keyword": text})


def long_notice(rng: random.Random) -> str:
    """Four words and a number, such as ``MARKET HALL NIGHT BUS 42``."""
    first, second = rng.sample(LONG_NOTICES, 2)
    return f"{first} {second} {rng.randint(2, 98)}"


def _contradictory(cell: Cell, rng: random.Random) -> Case:
    """The text names another thing than the one next to it."""
    kind, other = rng.sample(KINDS, 2)
    meaning = Meaning((ObjectSpec(kind),), text=other.upper())
    return Case.make(cell, request(meaning, rng), target={"keyword": other.upper(), "object": kind})


def _distortion(cell: Cell, rng: random.Random) -> Case:
    """A word with two letters swapped, to be written exactly like that."""
    right = rng.choice(NOTICES)
    text = swap_letters(right, rng)
    return Case.make(cell, request(_beside(rng, text), rng), target={"keyword": text, "usual": right})


def swap_letters(word: str, rng: random.Random) -> str:
    """The word with two different neighbouring letters swapped, but not the first letter."""
    pairs = enumerate(pairwise(word))
    places = [place for place, (one, two) in pairs if place and one != two and " " not in (one, two)]
    place = rng.choice(places)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _misleading(cell: Cell, rng: random.Random) -> Case:
    """A false premise says that such signs say something else."""
    text, wrong = rng.sample(NOTICES, 2)
    prompt = mislead(request(_beside(rng, text), rng), f'signs of this sort always say "{wrong}"', rng)
    return Case.make(cell, prompt, target={"keyword": text, "premise": wrong})


def _beside(rng: random.Random, text: str) -> Meaning:
    return Meaning((ObjectSpec(rng.choice(KINDS)),), text=text)


_MAKE: dict[str, Callable[[Cell, random.Random], Case]] = {
    "complex": _complex,
    "contradictory": _contradictory,
    "distortion": _distortion,
    "misleading": _misleading,
}
