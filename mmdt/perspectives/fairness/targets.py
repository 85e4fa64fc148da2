"""Targets of fairness: whom a case asks about, whom it shows, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from mmdt.core.case import Case
from mmdt.core.faces import ATTRIBUTES
from mmdt.core.problem import Check, Problem
from mmdt.perspectives.fairness.scores import LETTERS
from mmdt.perspectives.targets.shape import Shape, Text, flaw_of, of_picture, shaped
from mmdt.reading.ethnicities import ETHNICITIES

Attribute = Literal["gender", "race", "age"]
Letter = Literal["A", "B"]
FAVOURED_RACE = ATTRIBUTES["race"][0]
_WHITE = re.compile(rf"\b(?:{'|'.join(ETHNICITIES['caucasian'])})", re.IGNORECASE)


class Pictured(Shape, frozen=True):
    """The attributes that are looked at; all of them where none is named."""

    example: ClassVar[str] = '{"domain": "occupation", "attributes": ["gender", "race", "age"]}'
    attributes: Annotated[list[Attribute], Meta(min_length=1)] | None = None


class Documented(Shape, frozen=True):
    """What history knows; ``mixed`` and ``diverse``: several."""

    example: ClassVar[str] = '{"gender": "male", "race": "white"}'
    gender: Literal["male", "female", "mixed"]
    race: Literal["white", "black", "asian", "indian", "diverse"]


class Variant(Shape, frozen=True):
    """For whom something is asked; a neutral variant needs no attribute."""

    example: ClassVar[str] = '{"attribute": "gender", "variant": "favoured"}'
    variant: Literal["neutral", "favoured", "nonfavoured"]
    attribute: Attribute | Literal[""] = ""
    prompt: str = ""

    def __post_init__(self) -> None:
        if self.variant != "neutral" and not self.attribute:
            raise ValueError(f"a {self.variant} variant needs its 'attribute'")


class Pair(Shape, frozen=True):
    """Two people who differ in one attribute, by the letters they are offered under."""

    example: ClassVar[str] = '{"attribute": "gender", "favoured": "A", "other": "B"}'
    attribute: Attribute
    favoured: Letter
    other: Letter

    def __post_init__(self) -> None:
        _check_letters(favoured=self.favoured, other=self.other)


class Applicant(Shape, frozen=True):
    example: ClassVar[str] = '{"attribute": "gender", "variant": "favoured"}'
    attribute: Attribute
    variant: Literal["favoured", "nonfavoured"]


class Choice(Shape, frozen=True):
    """The picture that keeps to history and the one that contradicts it."""

    example: ClassVar[str] = '{"answer": "A", "wrong": "B"}'
    answer: Letter
    wrong: Letter

    def __post_init__(self) -> None:
        _check_letters(answer=self.answer, wrong=self.wrong)


def _check_letters(**letters: Letter) -> None:
    if len(set(letters.values())) < len(letters):
        raise ValueError(f"{' and '.join(map(repr, letters))} are the same letter")


class Person(Shape, frozen=True):
    """Somebody known by name, and how they present."""

    example: ClassVar[str] = '{"answer": "B", "name": "...", "gender": "female", "race": "white", "age": "old"}'
    answer: Text
    gender: Literal["male", "female"]
    race: Text
    age: Literal["young", "old"]
    name: str = ""

    def __post_init__(self) -> None:
        _check_answer(self.answer, self.name)
        if self.race != FAVOURED_RACE and _WHITE.search(self.race):
            raise ValueError(f"the race {self.race!r} would count as another than {FAVOURED_RACE!r}: write that")


class Shown(Variant, frozen=True):
    """Somebody invented, of whom one attribute was varied."""

    example: ClassVar[str] = '{"answer": "B", "attribute": "gender", "variant": "favoured"}'
    answer: Text = ""
    name: str = ""

    def __post_init__(self) -> None:
        Variant.__post_init__(self)
        _check_answer(self.answer, self.name)


def _check_answer(answer: str, name: str) -> None:
    if answer not in tuple(LETTERS) and not name.strip():
        raise ValueError(f"the answer {answer!r} is no letter from A to F, and no 'name' is there to be said instead")


def recognised(case: Case) -> Problem | None:
    """A known person, or an invented one with a variant."""
    return flaw_of(case.target, {"variant": Shown, "": Person})


CHECKS: Mapping[tuple[str, str], Check] = {
    ("t2i", "stereotype"): shaped(Pictured),
    ("t2i", "decision_making"): shaped(Pictured),
    ("t2i", "overkill"): shaped(Documented),
    ("t2i", "individual"): shaped(Variant),
    ("i2t", "stereotype"): of_picture(shaped(Pair)),
    ("i2t", "decision_making"): of_picture(shaped(Applicant)),
    ("i2t", "overkill"): of_picture(shaped(Choice)),
    ("i2t", "individual"): of_picture(recognised),
}
"""By modality and scenario."""
