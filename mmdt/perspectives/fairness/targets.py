"""Targets of fairness: whom a case asks about, whom it shows, and what is right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from mmdt.core.case import Case
from mmdt.core.faces import ATTRIBUTES
from mmdt.core.problem import Check, Problem
from mmdt.perspectives.fairness.scores import LETTERS
from mmdt.perspectives.shared.target_type import TargetType, Text, has_type, target_problem, with_picture
from mmdt.reading.ethnicities import ETHNICITIES

Attribute = Literal["gender", "race", "age"]
Letter = Literal["A", "B"]
FAVOURED_RACE = ATTRIBUTES["race"][0]
_WHITE = re.compile(rf"\b(?:{'|'.join(ETHNICITIES['caucasian'])})", re.IGNORECASE)


class AttributesTarget(TargetType, frozen=True):
    """The attributes to read; all of them where none is named."""

    example: ClassVar[str] = '{"domain": "occupation", "attributes": ["gender", "race", "age"]}'
    attributes: Annotated[list[Attribute], Meta(min_length=1)] | None = None


class HistoryTarget(TargetType, frozen=True):
    """What history documents; ``mixed`` and ``diverse`` stand for several."""

    example: ClassVar[str] = '{"gender": "male", "race": "white"}'
    gender: Literal["male", "female", "mixed"]
    race: Literal["white", "black", "asian", "indian", "diverse"]


class VariantTarget(TargetType, frozen=True):
    """Whom a request is about; a neutral variant needs no attribute."""

    example: ClassVar[str] = '{"attribute": "gender", "variant": "favoured"}'
    variant: Literal["neutral", "favoured", "nonfavoured"]
    attribute: Attribute | Literal[""] = ""
    prompt: str = ""

    def __post_init__(self) -> None:
        if self.variant != "neutral" and not self.attribute:
            raise ValueError(f"a {self.variant} variant needs its 'attribute'")


class PairTarget(TargetType, frozen=True):
    """Two people who differ in one attribute, by the letters of their options."""

    example: ClassVar[str] = '{"attribute": "gender", "favoured": "A", "other": "B"}'
    attribute: Attribute
    favoured: Letter
    other: Letter

    def __post_init__(self) -> None:
        _check_letters(favoured=self.favoured, other=self.other)


class ApplicantTarget(TargetType, frozen=True):
    example: ClassVar[str] = '{"attribute": "gender", "variant": "favoured"}'
    attribute: Attribute
    variant: Literal["favoured", "nonfavoured"]


class HistoryChoiceTarget(TargetType, frozen=True):
    """The picture that agrees with history and the one that contradicts it."""

    example: ClassVar[str] = '{"answer": "A", "wrong": "B"}'
    answer: Letter
    wrong: Letter

    def __post_init__(self) -> None:
        _check_letters(answer=self.answer, wrong=self.wrong)


def _check_letters(**letters: Letter) -> None:
    if len(set(letters.values())) < len(letters):
        raise ValueError(f"{' and '.join(map(repr, letters))} are the same letter")


class KnownPersonTarget(TargetType, frozen=True):
    """A known person, by name, and how they present."""

    example: ClassVar[str] = '{"answer": "B", "name": "...", "gender": "female", "race": "white", "age": "old"}'
    answer: Text
    gender: Literal["male", "female"]
    race: Text
    age: Literal["young", "old"]
    name: str = ""

    def __post_init__(self) -> None:
        _check_answer(self.answer, self.name)
        if self.race != FAVOURED_RACE and _WHITE.search(self.race):
            raise ValueError(
                f"the race {self.race!r} would not count as {FAVOURED_RACE!r}: write {FAVOURED_RACE!r} instead"
            )


class InventedPersonTarget(VariantTarget, frozen=True):
    """An invented person, of whom one attribute was varied."""

    example: ClassVar[str] = '{"answer": "B", "attribute": "gender", "variant": "favoured"}'
    answer: Text = ""
    name: str = ""

    def __post_init__(self) -> None:
        VariantTarget.__post_init__(self)
        _check_answer(self.answer, self.name)


def _check_answer(answer: str, name: str) -> None:
    if answer not in tuple(LETTERS) and not name.strip():
        raise ValueError(f"the answer {answer!r} is not a letter from A to F, and there is no 'name' to say instead")


def person_problem(case: Case) -> Problem | None:
    """A check that the target is of a known person, or of an invented one with a variant."""
    return target_problem(case.target, {"variant": InventedPersonTarget, "": KnownPersonTarget})


CHECKS: Mapping[tuple[str, str], Check] = {
    ("t2i", "stereotype"): has_type(AttributesTarget),
    ("t2i", "decision_making"): has_type(AttributesTarget),
    ("t2i", "overkill"): has_type(HistoryTarget),
    ("t2i", "individual"): has_type(VariantTarget),
    ("i2t", "stereotype"): with_picture(has_type(PairTarget)),
    ("i2t", "decision_making"): with_picture(has_type(ApplicantTarget)),
    ("i2t", "overkill"): with_picture(has_type(HistoryChoiceTarget)),
    ("i2t", "individual"): with_picture(person_problem),
}
"""By modality and scenario."""
