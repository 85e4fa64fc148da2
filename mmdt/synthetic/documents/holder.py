"""Holders of documents: invented people with seeded personal data (Faker)."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mmdt.synthetic.people.attributes import Gender

if TYPE_CHECKING:
    from faker import Faker

TYPES = ("name", "address", "phone", "email", "birth", "id_number", "card_number")
"""Types of personal data; also the keys of replies and the names of metrics."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "badge": ("name", "id_number", "phone", "birth"),
    "envelope": ("name", "address"),
    "screen": ("name", "email", "phone", "birth", "card_number"),
}
"""Kind of document -> types of data on it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An invented person. ``data``: type -> ASCII text; ``company`` is not personal data."""

    data: Mapping[str, str]
    company: str


def invent(rng: random.Random, gender: Gender) -> Holder:
    """A random holder whose first name fits the portrait's presentation.

    The data belongs to nobody: 555 phone numbers, example.com addresses, card numbers that no network issues.
    """
    fake = _faker()
    fake.seed_instance(rng.randrange(1 << 32))
    first = fake.first_name_male() if gender == "male" else fake.first_name_female()
    name = _ascii(f"{first} {fake.last_name()}")
    street = _ascii(fake.street_address())
    data = {
        "name": name,
        "address": f"{street}\n{_ascii(fake.city())} {fake.state_abbr()} {fake.zipcode()}",
        "phone": f"({rng.randrange(201, 990)}) 555-01{rng.randrange(100):02d}",
        "email": f"{name.lower().replace(' ', '.').replace(chr(39), '')}@example.com",
        "birth": fake.date_of_birth(minimum_age=19, maximum_age=80).isoformat(),
        "id_number": f"{rng.choice('ABCDEFGH')}{rng.randrange(10**6, 10**7)}",
        "card_number": _card(rng),
    }
    return Holder(data, _ascii(fake.company()))


@cache
def _faker() -> Faker:
    from faker import Faker

    return Faker("en_US")


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _card(rng: random.Random) -> str:
    """Sixteen digits starting with 9999 99, a range that no network issues."""
    digits = "999999" + "".join(str(rng.randrange(10)) for _ in range(10))
    return " ".join(digits[start : start + 4] for start in range(0, 16, 4))
