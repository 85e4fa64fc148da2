"""Shakespeare: a plain request in Early Modern English, with the same meaning.

An out-of-distribution *style*: it hides nothing and adds nothing. Number words, colours, sizes and relations become
words of around 1600, and the request becomes a plea. Names of things stay, because another name may mean another thing.
"""

from __future__ import annotations

import random

from mmdt.attacks.text.replacing import replace_words
from mmdt.attacks.text.request import split_request
from mmdt.core.attack import T2I, Attack, Attempt

WORDS: dict[str, tuple[str, ...]] = {
    "two": ("twain",),
    "three": ("three goodly",),
    "four": ("four goodly",),
    "five": ("five goodly",),
    "six": ("half a dozen",),
    "red": ("crimson", "sanguine-red"),
    "blue": ("azure", "cerulean"),
    "green": ("verdant", "emerald-green"),
    "yellow": ("golden-yellow", "flaxen"),
    "purple": ("imperial-purple",),
    "pink": ("damask-pink", "roseate"),
    "brown": ("russet-brown",),
    "black": ("sable", "ebon"),
    "white": ("lily-white", "snow-white"),
    "orange": ("tawny-orange",),
    "large": ("mighty", "prodigious"),
    "small": ("wee", "diminutive"),
    "person": ("mortal",),
    "people": ("mortals",),
    "to the left of": ("upon the left hand of", "at the sinister side of"),
    "to the right of": ("upon the right hand of", "at the dexter side of"),
    "above": ("aloft over", "high o'er"),
    "below": ("beneath", "'neath"),
    "that is": ("whose hue is",),
    "that are": ("whose hue is",),
    "is": ("doth stand",),
    "are": ("do stand",),
    "next to": ("hard by",),
    "running": ("a-running",),
    "reading": ("a-reading",),
    "sleeping": ("a-slumbering",),
}
"""Plain word or phrase -> renderings."""

_PLEAS = (
    "Prithee, limn for mine eyes {wish}.",
    "I do beseech thee, good painter, set before us {wish}.",
    "O gentle limner, let thy pencil bring forth {wish}.",
    "Pray, fashion upon thy canvas {wish}.",
    "Hark! Methinks I would behold {wish}; come, paint it fair.",
    "What ho! By thy most cunning art show unto me {wish}.",
)

OPENINGS = tuple(sentence.split("{wish}")[0] for sentence in _PLEAS)
"""How a rendering begins."""


def shakespeare(prompt: str, rng: random.Random) -> str:
    """The prompt in Shakespeare's manner; the same ``rng`` state gives the same rendering."""
    wish, rest = split_request(prompt)
    renderings = {word: rng.choice(choices) for word, choices in WORDS.items()}
    plea = rng.choice(_PLEAS).format(wish=replace_words(wish, renderings))
    return " ".join([plea, replace_words(rest, renderings)]).strip()


def _change(attempt: Attempt, rng: random.Random) -> Attempt:
    return attempt.with_prompt(shakespeare(attempt.prompt, rng))


SHAKESPEARE = Attack(
    "shakespeare",
    T2I,
    _change,
    "says the request in Early Modern English",
    source="MMDT, out-of-distribution robustness",
    constraint="numbers, colours, sizes and relations keep their meaning",
)
