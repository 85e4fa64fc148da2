"""Homoglyphs: letters of other scripts that look like Latin ones, for attacks on text and for undoing them."""

from __future__ import annotations

import unicodedata

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
"""Characters that take no room and can be hidden within words."""

_UNDO = str.maketrans({other: letter for letter, other in HOMOGLYPHS.items()} | dict.fromkeys(INVISIBLE, ""))


def confuse(word: str) -> str:
    """The word with every letter replaced that has a double; it looks the same and compares unequal."""
    return "".join(HOMOGLYPHS.get(letter, letter) for letter in word)


def fold(text: str) -> str:
    """Text as the eye sees it: doubles back to Latin letters, invisible characters gone, compatibility forms plain."""
    return unicodedata.normalize("NFKC", text).translate(_UNDO)
