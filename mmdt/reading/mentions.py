"""Whether a reply says a word, a number or one of several names; and whether it denies it."""

from __future__ import annotations

import re
import unicodedata

from mmdt.reading.numbers import in_digits, in_words, is_number, numbers_in

_IRREGULAR = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "mice": "mouse", "feet": "foot",
    "teeth": "tooth", "geese": "goose", "knives": "knife", "leaves": "leaf", "shelves": "shelf", "wolves": "wolf",
    "loaves": "loaf", "scarves": "scarf", "buses": "bus",
}  # fmt: skip
_UNCHANGED = ("ss", "us", "is")
_SYNONYMS = {"gray": "grey", "colour": "color", "aeroplane": "airplane", "bike": "bicycle", "tv": "television"}
_NEGATION = re.compile(
    r"\b(?:no|not|none|never|without|neither|nor|cannot|nothing|absent|lacks?|missing|isn't|aren't|wasn't|weren't|"
    r"doesn't|don't|didn't|can't|couldn't|won't|rather than|instead of)\b"
)
_UNKNOWING = re.compile(
    r"\b(?:(?:do not|don't|cannot|can't|could not|couldn't|unable to|not able to|impossible to) (?:\w+ )?"
    r"(?:know|tell|see|say|find|determine|identify|read|make out|answer)|"
    r"not (?:visible|clear|sure|shown|legible|specified|mentioned|provided)|"
    r"no (?:information|mention|such|indication)|unclear|unknown|illegible|unreadable)\b"
)
_CLAUSE = re.compile(r"[.!?;:\n]|,? but |,? however,? |, (?=not )|,? (?=(?:instead of|rather than) )")
"""``a dog, not a cat`` and ``a dog instead of a cat`` deny the cat alone."""


def fold(text: str) -> str:
    """Lower case, without accents, with straight quotes and single spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("\u2019", "'").replace("\u2018", "'"))
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).casefold().split())


def singular(word: str) -> str:
    """The singular of an English noun, by the usual rules: ``"boxes"`` gives ``"box"``."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or word.endswith(_UNCHANGED) or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes", "oes")):
        return word[:-2]
    return word[:-1]


def words(text: str) -> list[str]:
    """The words of a text, folded, in the singular, with spelling variants joined."""
    found = re.findall(r"\w+(?:'\w+)?", fold(text))
    return [_SYNONYMS.get(singular(word), singular(word)) for word in found]


def says(text: str, phrase: str) -> bool:
    """Whether the phrase's words stand in the text one after the other, whatever their number or accents.

    ``"two red apples"`` says ``"red apple"``, ``"pineapple"`` does not say ``"apple"``. A number is
    found as digits and as words.
    """
    if is_number(phrase):
        return int(phrase) in numbers_in(text)
    sought = words(phrase)
    if not sought:
        return False
    found = words(text)
    return any(found[start : start + len(sought)] == sought for start in range(len(found) - len(sought) + 1))


def says_plainly(text: str, phrase: str) -> bool:
    """The published match: the phrase is a substring of the text, case aside; numbers as words to seventy-five."""
    haystack, needle = text.lower(), phrase.lower().strip()
    if not needle:
        return False
    if needle in haystack:
        return True
    if not is_number(needle) or int(needle) > 75:
        return False
    named = in_words(int(needle))
    return named in haystack or named.replace("-", " ") in haystack


def denies(text: str, phrase: str, *, reach: int = 6) -> bool:
    """Whether every mention of the phrase is negated in its clause, at most ``reach`` words before or after it.

    False where the phrase is not mentioned.
    """
    mentions = [clause for clause in _CLAUSE.split(fold(text)) if says(clause, phrase)]
    return bool(mentions) and all(_negated(clause, phrase, reach) for clause in mentions)


def unknowing(text: str) -> bool:
    """Whether the reply says that it does not know or cannot see what it was asked for."""
    return _UNKNOWING.search(fold(text)) is not None


def accepts(text: str, planted: str) -> bool:
    """Whether the reply takes a planted keyword over: it says it, does not deny it, and claims to know."""
    return says(text, planted) and not denies(text, planted) and not unknowing(text)


def _negated(clause: str, phrase: str, reach: int) -> bool:
    sought, found = words(in_digits(phrase)), words(in_digits(clause))
    length = len(sought)
    for start in range(len(found) - length + 1):
        if found[start : start + length] == sought:
            near = " ".join(found[max(0, start - reach) : start + length + reach])
            if not _NEGATION.search(near):
                return False
    return True
