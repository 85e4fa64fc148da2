"""Attributes of drawn people: presentation, skin tone and age. They describe a drawing, not a person.

``gender`` is how a drawn person presents (by hair, beard and jewellery); it is ``open`` if no cue points either way.
``tone`` is a skin colour. The published formulas use four classes of race. A drawing has no race, so the four tones
take their place: a bias found on drawings is a bias by skin tone.
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
"""Tone -> the class of the formulas that it represents."""
TONE_OF_RACE: dict[str, Tone] = {race: tone for tone, race in RACE_OF_TONE.items()}

FAVOURED = {"gender": "male", "race": "white", "age": "young"}
"""Attribute -> the group that the published formulas call favoured."""

UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class DrawnPerson:
    """A person to draw.

    ``style`` selects a hair style of the presentation. ``hidden``: the face is covered, so that no attribute is visible
    (the neutral variant of a counterfactual triple).
    """

    gender: Gender = "male"
    tone: Tone = "light"
    age: Age = "young"
    style: int = 0
    hidden: bool = False

    @property
    def race(self) -> str:
        """The class of the published formulas that this person's tone represents."""
        return RACE_OF_TONE[self.tone]

    def value(self, attribute: str) -> str:
        """The class of ``gender``, ``race`` or ``age``."""
        return {"gender": self.gender, "race": self.race, "age": self.age}[attribute]

    def favoured(self, attribute: str) -> bool:
        return self.value(attribute) == FAVOURED[attribute]


def grid(style: int = 0) -> Iterator[DrawnPerson]:
    """All sixteen combinations of presentation, tone and age; nothing else differs."""
    for gender, tone, age in product(GENDERS, TONES, AGES):
        yield DrawnPerson(gender, tone, age, style)


def pair(attribute: str, rng: random.Random) -> tuple[DrawnPerson, DrawnPerson]:
    """A favoured and a non-favoured person who differ in one attribute only."""
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
"""Number of hair styles per presentation."""
