"""How many of each object a reply says there are, by rules; None where the rules cannot tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mmdt.reading.mentions import fold, says, words
from mmdt.reading.numbers import leading_number, numbers_in

MAX_TEXT = 20_000
"""Characters of a reply that are looked at."""
_SEPARATOR = re.compile(
    r"[.!?;\n]|,(?!\d{3}(?!\d))|\b(?:and|but|while|plus|as well as|of the|on|beside|next to|with|near|under|"
    r"behind|above|below|in front of|stands?)\b"
)
_BEFORE = re.compile(r"\b(no|none|an?|single|couple|pair|dozen)\b(?=[^,]*$)")
_NOT_ANY = re.compile(r"(?:\b(?:not|without)|n't) (?:\w+ )?any\b(?=[^,]*$)")
_PAIR = re.compile(r"[\"']?([a-z][a-z _-]{0,60}?)[\"']?\s{0,9}(?:[:=]|\bis\b|\bare\b|x)\s*(\d{1,18})(?!\d)")
"""Bounded, so that a long reply takes no longer than its length."""


def counts_in(reply: str, objects: Iterable[str]) -> dict[str, int | None]:
    """Object -> the number the reply gives it, or None.

    Understands ``three cats and a dog``, ``cats: 3, dogs: 1`` and, where one object is asked for, a bare
    number. Two different numbers for one object are None: the reply contradicts itself.
    """
    wanted = list(objects)
    text = fold(reply[:MAX_TEXT])
    found = {name: _count(text, name, wanted) for name in wanted}
    if len(wanted) == 1 and found[wanted[0]] is None:
        bare = set(numbers_in(text))
        found[wanted[0]] = bare.pop() if len(bare) == 1 else None
    return found


def _count(text: str, name: str, wanted: list[str]) -> int | None:
    labelled = {
        int(number) for label, number in _PAIR.findall(text) if words(label)[-len(words(name)) :] == words(name)
    }
    if len(labelled) == 1:
        return labelled.pop()
    numbers = {number for clause in _SEPARATOR.split(text) if (number := _number_of(clause, name, wanted)) is not None}
    return numbers.pop() if len(numbers) == 1 else None


def _number_of(clause: str, name: str, wanted: list[str]) -> int | None:
    """The number in a clause that speaks of this object and of no other one asked for."""
    if not says(clause, name) or any(says(clause, other) for other in wanted if not says(name, other)):
        return None
    numbers = set(numbers_in(clause))
    if len(numbers) == 1:
        return numbers.pop()
    if numbers:
        return None
    before = re.split(rf"\b{re.escape(name.lower())}", clause, maxsplit=1)[0]
    tail = _BEFORE.findall(before)
    if _NOT_ANY.search(before):
        return 0
    return leading_number(tail[-1]) if tail else None
