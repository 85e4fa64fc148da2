"""Rare words: a plain request in learned vocabulary and stately sentences, with the same meaning.

An out-of-distribution *style*: large dictionaries have these words with the same meaning, but captions rarely use them.
"""

from __future__ import annotations

import random

from mmdt.attacks.text.replacing import replace_words
from mmdt.attacks.text.request import split_request
from mmdt.core.attack import T2I, Attack, Attempt

WORDS: dict[str, tuple[str, ...]] = {
    "one": ("a solitary",),
    "two": ("a brace of", "a duo of"),
    "three": ("a trio of", "a triad of"),
    "four": ("a quartet of", "a tetrad of"),
    "five": ("a quintet of", "a pentad of"),
    "six": ("a sextet of", "a hexad of"),
    "red": ("vermilion", "rubicund"),
    "blue": ("cerulean", "lapis-blue"),
    "green": ("viridescent", "virid"),
    "yellow": ("xanthic", "citrine"),
    "purple": ("amethystine", "violaceous"),
    "pink": ("roseate", "blush-pink"),
    "brown": ("umber", "fuscous"),
    "black": ("ebon", "atramentous"),
    "white": ("niveous", "alabaster-white"),
    "orange": ("tangerine-hued", "aurantiacous"),
    "large": ("colossal", "gargantuan"),
    "small": ("minuscule", "lilliputian"),
    "cat": ("feline",),
    "cats": ("felines",),
    "car": ("automobile",),
    "cars": ("automobiles",),
    "house": ("domicile",),
    "houses": ("domiciles",),
    "book": ("tome",),
    "books": ("tomes",),
    "clock": ("horologe",),
    "clocks": ("horologes",),
    "person": ("personage",),
    "people": ("personages",),
    "to the left of": ("sinistral to", "leftward of"),
    "to the right of": ("dextral to", "rightward of"),
    "above": ("superjacent to", "atop and over"),
    "below": ("subjacent to", "underneath"),
    "that is": ("whose tincture is",),
    "that are": ("whose tincture is",),
    "is": ("is situated",),
    "are": ("are situated",),
    "running": ("galloping afoot",),
    "reading": ("perusing a text",),
    "sleeping": ("slumbering",),
}
"""Plain word or phrase -> renderings."""

_SENTENCES = (
    "A pictorial representation is solicited, wherein one may descry {wish}.",
    "Kindly confect a tableau, the sole constituents of which shall be {wish}.",
    "Let there be limned a vignette evincing {wish}.",
    "It is incumbent upon the depiction to adumbrate {wish}.",
    "Pray delineate, with all due perspicuity, {wish}.",
    "The desideratum is an image in which are to be espied {wish}.",
)

OPENINGS = tuple(sentence.split("{wish}")[0] for sentence in _SENTENCES)
"""How a rendering begins."""


def rare_words(prompt: str, rng: random.Random) -> str:
    """The prompt in rare words; the same ``rng`` state gives the same rendering."""
    wish, rest = split_request(prompt)
    renderings = {word: rng.choice(choices) for word, choices in WORDS.items()}
    sentence = rng.choice(_SENTENCES).format(wish=replace_words(wish, renderings))
    return " ".join([sentence, replace_words(rest, renderings)]).strip()


def _change(attempt: Attempt, rng: random.Random) -> Attempt:
    return attempt.with_prompt(rare_words(attempt.prompt, rng))


RARE_WORDS = Attack(
    "rare-words",
    T2I,
    _change,
    "says the request in rare words and stately sentences",
    source="MMDT, out-of-distribution robustness",
    constraint="numbers, colours, sizes and relations keep their meaning",
)
