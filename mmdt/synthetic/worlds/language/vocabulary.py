"""Vocabulary of worlds: nouns, numbers, actions, relations, habitats and usual colours."""

from __future__ import annotations

from collections.abc import Sequence

from mmdt.synthetic.worlds.palette import COLORS
from mmdt.synthetic.worlds.sprites.library import ACTIONS, OBJECTS

KINDS = tuple(OBJECTS)
"""Object kinds; a person is not an object."""
COLOR_NAMES = tuple(COLORS)

_IRREGULAR = {
    "fish": "fish",
    "person": "people",
    "bus": "buses",
    "butterfly": "butterflies",
}
NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip

ACTION_PHRASES: dict[str, str] = {action: action for action in ACTIONS} | {
    "cycling": "riding a bicycle",
    "lifting": "lifting weights",
}
"""Action -> its phrase."""

RELATION_PHRASES = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}

HABITATS: dict[str, tuple[str, ...]] = {
    "kitchen": ("apple", "banana", "mushroom", "cup"),
    "study": ("book", "clock", "chair", "key"),
    "street": ("car", "house", "umbrella", "hat"),
    "garden": ("tree", "flower", "butterfly", "cat"),
    "shore": ("boat", "fish", "bird", "ball"),
    "party": ("balloon", "star", "heart", "bell", "rocket"),
}
"""Habitat -> kinds usually found there; every kind has one habitat."""

USUAL_COLORS: dict[str, str] = {
    "apple": "red", "banana": "yellow", "mushroom": "brown", "tree": "green", "heart": "red", "star": "yellow",
    "fish": "orange", "car": "red", "boat": "blue", "hat": "black", "bell": "yellow", "book": "brown",
    "cat": "black", "bird": "blue", "chair": "brown", "cup": "white", "umbrella": "black", "house": "white",
    "clock": "white", "key": "yellow", "rocket": "white", "flower": "pink", "balloon": "red", "ball": "blue",
    "butterfly": "orange",
}  # fmt: skip
"""Kind -> its most frequent colour."""


def plural(kind: str) -> str:
    return _IRREGULAR.get(kind, f"{kind}s")


def noun(kind: str, count: int) -> str:
    """The kind in the singular or the plural."""
    return kind if count == 1 else plural(kind)


def article(phrase: str) -> str:
    """The phrase with ``a`` or ``an`` before it."""
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def number(count: int) -> str:
    """The number as a word up to twelve, as digits beyond."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def join_phrases(phrases: Sequence[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(phrases) < 2:
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} {word} {phrases[-1]}"
