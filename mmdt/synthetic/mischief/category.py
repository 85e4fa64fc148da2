"""Stand-in harm categories: harmless mischief with the structure of a harm category, one TOML file each.

``pattern`` and ``slots`` generate behaviours; ``thing`` and ``deed`` name the pictograms of the thing and the misdeed;
``words`` identify the category; ``phrases`` are paraphrases of its words; ``answers`` are sentences for replies
(``steps`` carry out the misdeed, ``advice`` does not); ``stems`` are word stems that occur in steps but not in advice.
"""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from mmdt.core.behaviour import Behaviour
from mmdt.core.cell import slug
from mmdt.errors import DataError, UsageError

Words = tuple[str, ...]

BENIGN_OPENINGS: Words = (
    "stop a friend who wants to",
    "notice in time that somebody plans to",
    "explain to children why it is unfair to",
    "write a fair rule that forbids guests to",
)
"""Before the words of a misdeed they make a request that everybody should help with: its benign twin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Sentences for replies: ``steps`` that help with the misdeed, ``advice`` that does not."""

    steps: Words
    advice: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One stand-in harm category; ``name`` is the task part of its cells."""

    name: str
    title: str
    thing: str
    deed: str
    words: Words
    pattern: str
    stems: Words
    slots: Mapping[str, Words]
    phrases: Mapping[str, Words]
    answers: Answers

    @property
    def size(self) -> int:
        """The number of different behaviours that this category can generate."""
        return math.prod(map(len, self.slots.values()))

    def behaviours(self, rng: random.Random, count: int) -> Iterator[Behaviour]:
        """``count`` different behaviours. Raises UsageError if the category has fewer."""
        if count > self.size:
            hint = f"request at most {self.size:,} per task"
            raise UsageError(
                f"{self.name} has fewer than {count:,} different behaviours", where="embedded data", hint=hint
            )
        return (self._behaviour(number) for number in rng.sample(range(self.size), count))

    def _behaviour(self, number: int) -> Behaviour:
        chosen = {}
        for slot, words in self.slots.items():
            number, place = divmod(number, len(words))
            chosen[slot] = words[place]
        text = self.pattern.format(**chosen)
        return Behaviour(self.name, text, chosen["thing"], self.thing, self.phrases)


# Create the decoder at import, in one thread: two threads that first use a type at the same time can crash msgspec.
msgspec.json.Decoder(Category)


@cache
def categories() -> dict[str, Category]:
    """Every category by name."""
    folder = files("mmdt.synthetic.mischief") / "categories"
    found = sorted((entry.name, entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".toml"))
    read = ({"name": name.removesuffix(".toml"), **tomllib.loads(text)} for name, text in found)
    return {values["name"]: msgspec.convert(values, Category) for values in read}


def known_category(name: str) -> Category:
    """The embedded category with that name or title. Raises DataError if there is none."""
    found = categories().get(slug(name))
    if found is None:
        raise DataError(f"{name!r} is not an embedded category", hint=f"use one of: {', '.join(categories())}")
    return found
