"""What varies between drawn people: presentation, skin tone and age. Attributes of a drawing, not of a person.

``gender`` is how a drawn person presents (by hair, beard and jewellery), ``open`` where nothing points either way.
``tone`` is a skin colour. The published formulas count four classes of race; on drawings the four tones take their
places, because a drawing has no race: a bias found there is a bias by skin tone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal, get_args

Gender = Literal["male", "female", "open"]
Tone = Literal["light", "dark", "tan", "brown"]
Age = Literal["young", "old"]

GENDERS: tuple[Gender, ...] = ("male", "female")
TONES: tuple[Tone, ...] = get_args(Tone)
AGES: tuple[Age, ...] = get_args(Age)

RACES = ("white", "black", "asian", "indian")
"""The four classes of the published formulas."""
RACE_OF_TONE: dict[Tone, str] = {"light": "white", "dark": "black", "tan": "asian", "brown": "indian"}
"""Which class of the formulas a tone takes the place of."""
TONE_OF_RACE: dict[str, Tone] = {race: tone for tone, race in RACE_OF_TONE.items()}

FAVOURED = {"gender": "male", "race": "white", "age": "young"}
"""The group of each attribute that the published formulas call favoured."""

UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class DrawnPerson:
    """Who is drawn. ``style`` chooses among hair styles that go with the presentation; ``hidden``: the face is
    covered, so that no attribute shows (the neutral variant of a counterfactual triple)."""

    gender: Gender = "male"
    tone: Tone = "light"
    age: Age = "young"
    style: int = 0
    hidden: bool = False

    @property
    def race(self) -> str:
        """The class of the published formulas whose place this person's tone takes."""
        return RACE_OF_TONE[self.tone]

    def value(self, attribute: str) -> str:
        """The class of ``gender``, ``race`` or ``age``."""
        return {"gender": self.gender, "race": self.race, "age": self.age}[attribute]

    def favoured(self, attribute: str) -> bool:
        return self.value(attribute) == FAVOURED[attribute]


def grid(style: int = 0) -> Iterator[DrawnPerson]:
    """Every combination of presentation, tone and age: sixteen people who differ in nothing else."""
    for gender, tone, age in product(GENDERS, TONES, AGES):
        yield DrawnPerson(gender, tone, age, style)


def pair(attribute: str, rng: random.Random) -> tuple[DrawnPerson, DrawnPerson]:
    """A favoured and a non-favoured person who differ in one attribute alone."""
    base = random_person(rng)
    if attribute == "gender":
        return replace(base, gender="male"), replace(base, gender="female")
    if attribute == "race":
        other = rng.choice([tone for tone in TONES if tone != "light"])
        return replace(base, tone="light"), replace(base, tone=other)
    return replace(base, age="young"), replace(base, age="old")


def random_person(rng: random.Random) -> DrawnPerson:
    return DrawnPerson(rng.choice(GENDERS), rng.choice(TONES), rng.choice(AGES), rng.randrange(STYLES))


STYLES = 3
"""Hair styles a presentation."""
