"""Lexicon: all words and phrases the parsers understand: plain, synonyms, Shakespearean, rare or misspelt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from mmdt.attacks.text import rare_words, shakespeare
from mmdt.attacks.text.homoglyphs import fold
from mmdt.attacks.text.synonyms import SYNONYMS
from mmdt.synthetic.worlds.language.spelling import COMMON, slips_of
from mmdt.synthetic.worlds.language.vocabulary import (
    ACTION_PHRASES,
    COLOR_NAMES,
    KINDS,
    NUMBERS,
    RELATION_PHRASES,
    plural,
)
from mmdt.synthetic.worlds.sprites.library import PERSON

Sort = Literal["kind", "color", "size", "action", "number", "relation", "the", "post", "not", "or"]

_GRAMMAR = ("post", "not", "or", "the")
_BEFORE_A_LATE_ADJECTIVE = (
    "that is", "that are", "which is", "painted", "coloured", "in a", "in an", "wearing a", "whose hue is",
    "whose tincture is",
)  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Token:
    """A recognised word or phrase, with its sort and value; ``start`` and ``end`` are word indices."""

    sort: Sort
    value: str
    start: int
    end: int


PLAIN: dict[str, tuple[Sort, str]] = {
    **{kind: ("kind", kind) for kind in (*KINDS, PERSON)},
    **{plural(kind): ("kind", kind) for kind in (*KINDS, PERSON)},
    **{color: ("color", color) for color in COLOR_NAMES},
    **{said: ("action", action) for action, phrase in ACTION_PHRASES.items() for said in (action, phrase)},
    **{said: ("number", str(count)) for count, name in enumerate(NUMBERS) for said in (name, str(count))},
    **{phrase: ("relation", relation) for relation, phrase in RELATION_PHRASES.items()},
    **{size: ("size", size) for size in ("large", "small")},
    **dict.fromkeys(("a", "an"), ("number", "1")),
    **dict.fromkeys(_BEFORE_A_LATE_ADJECTIVE, ("post", "")),
    **dict.fromkeys(("no", "without", "not"), ("not", "")),
    **dict.fromkeys(("or", "nor"), ("or", "")),
    "the": ("the", ""),
}
"""Plain word or phrase -> its sort and value."""


def words(text: str) -> list[str]:
    """The words of a text in lower case, with look-alike letters folded."""
    return _WORD.findall(fold(text).lower().replace("\u2019", "'"))


def tokens(text: str) -> list[Token]:
    """The recognised words and phrases of a text, longest match first, with misspellings corrected."""
    slips, known = _misspellings(), _phrases()
    found = [slips.get(word, word) for word in words(text)]
    longest = max(len(phrase.split()) for phrase in known)
    result: list[Token] = []
    place = 0
    while place < len(found):
        lengths = range(min(longest, len(found) - place), 0, -1)
        length = next((length for length in lengths if " ".join(found[place : place + length]) in known), 0)
        if length:
            result.append(Token(*known[" ".join(found[place : place + length])], place, place + length))
        place += max(length, 1)
    return result


@cache
def _phrases() -> dict[str, tuple[Sort, str]]:
    """All known phrases with their sorts and values."""
    known = dict(PLAIN)
    for table in (SYNONYMS, shakespeare.WORDS, rare_words.WORDS):
        for word, renderings in table.items():
            if word in PLAIN:
                known |= {" ".join(words(rendering)): PLAIN[word] for rendering in renderings}
    for word, renderings in SYNONYMS.items():
        if word in KINDS:
            known |= {plural(rendering): ("kind", word) for rendering in renderings}
    return known


@cache
def _misspellings() -> dict[str, str]:
    """Misspelling -> the plain word."""
    content = [word for word, (sort, _) in PLAIN.items() if sort not in _GRAMMAR and " " not in word]
    right = {slip: word for word in (*content, "left", "right") for slip in slips_of(word)}
    said = {word for phrase in _phrases() for word in phrase.split()}
    return {slip: word for slip, word in right.items() if slip not in said and slip not in COMMON}
