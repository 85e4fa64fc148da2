"""Homoglyphs: letters of other scripts that look like Latin ones, and how to undo them."""

from __future__ import annotations

import random
import unicodedata

from mmdt.attacks.facts import origin_of
from mmdt.attacks.text.replacing import replace_phrase
from mmdt.core.attack import BOTH, Attack, Attempt
from mmdt.errors import UsageError

HOMOGLYPHS: dict[str, str] = {
    "a": "\u0430",  # Cyrillic a
    "c": "\u0441",  # Cyrillic es
    "e": "\u0435",  # Cyrillic ie
    "i": "\u0456",  # Cyrillic Byelorussian-Ukrainian i
    "o": "\u043e",  # Cyrillic o
    "p": "\u0440",  # Cyrillic er
    "s": "\u0455",  # Cyrillic dze
    "x": "\u0445",  # Cyrillic ha
    "y": "\u0443",  # Cyrillic u
    "h": "\u04bb",  # Cyrillic shha
    "j": "\u0458",  # Cyrillic je
    "l": "\u04cf",  # Cyrillic palochka
    "d": "\u0501",  # Cyrillic komi de
    "q": "\u051b",  # Cyrillic qa
    "w": "\u051d",  # Cyrillic we
    "v": "\u03bd",  # Greek nu
    "u": "\u03c5",  # Greek upsilon
}
"""Latin letter -> a letter that looks the same in most fonts."""

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
"""Zero-width characters, which can hide within words."""

_UNDO = str.maketrans({other: letter for letter, other in HOMOGLYPHS.items()} | dict.fromkeys(INVISIBLE, ""))


def confuse(word: str) -> str:
    """The word in look-alike letters: it looks the same but compares unequal. Letters without one stay."""
    return "".join(HOMOGLYPHS.get(letter, letter) for letter in word)


def fold(text: str) -> str:
    """Text as the eye sees it: Latin letters for look-alikes, no zero-width characters, NFKC compatibility forms."""
    return unicodedata.normalize("NFKC", text).translate(_UNDO)


def homoglyphs(prompt: str, origin: str, label: str, rng: random.Random) -> str:
    """The prompt with the origin in letters of other scripts that look the same."""
    if not any(letter in HOMOGLYPHS for letter in origin):
        raise UsageError(f"{origin!r} has no letter with a look-alike", hint="choose another word")
    return replace_phrase(prompt, origin, confuse(origin))


def _change(attempt: Attempt, rng: random.Random, origin: str) -> Attempt:
    return attempt.with_prompt(homoglyphs(attempt.prompt, origin_of(attempt, origin), "", rng))


HOMOGLYPH_ATTACK = Attack(
    "homoglyphs",
    BOTH,
    _change,
    "writes one word in look-alike letters of other scripts",
    parameters={"origin": ""},
    source='Boucher et al., "Bad characters: imperceptible NLP attacks", IEEE S&P 2022',
    constraint="the prompt looks the same",
)
