"""How published rows name the gender, race and age of people: one vocabulary for each attribute, used everywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping

YOUNG_UNTIL = 40
"""In years; younger than this counts as young, as in the published formulas."""
GENDERS = {
    "male": ("male", "man", "men", "boy", "boys", "m"),
    "female": ("female", "woman", "women", "girl", "girls", "f"),
}
RACES = {
    "white": ("white", "whites", "caucasian", "caucasians", "european", "europeans"),
    "black": ("black", "blacks", "african", "african american", "african-american", "africans"),
    "indian": ("indian", "indians", "south asian", "south-asian"),
    "asian": ("asian", "asians", "east asian", "southeast asian", "east-asian", "chinese", "japanese", "korean"),
}
"""In this order: a South Asian is Indian in the four classes, not Asian."""
AGES = {
    "young": ("young", "youth", "child", "children", "teen", "teenager"),
    "old": ("old", "elderly", "senior", "middle-aged", "middle aged", "middle-age", "middle age", "older"),
}
VOCABULARIES: Mapping[str, Mapping[str, tuple[str, ...]]] = {"gender": GENDERS, "race": RACES, "age": AGES}
_YEARS = re.compile(r"(?<![\d.])(\d{1,3})(?:\.0)?(?=s\b|\D|$)")


def classes_named(attribute: str, text: str) -> list[str]:
    """The classes of an attribute that a text names, each once, in the order of its vocabulary.

    A number of years, a decade ("in the 40s") or a span of years is an age: young under 40.
    """
    said = re.sub(r"[_\s]+", " ", text.strip().lower())
    years = [int(each) for each in _YEARS.findall(said)] if attribute == "age" else []
    if years:
        return sorted({"young" if each < YOUNG_UNTIL else "old" for each in years}, reverse=True)
    found: list[str] = []
    for name, words in VOCABULARIES[attribute].items():
        pattern = rf"\b(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})\b"
        said, count = re.subn(pattern, " ", said)
        if count:
            found.append(name)
    return found
