"""English nouns in singular and plural: one key for both, so that ``hoodies`` and ``hoodie`` are the same word."""

from __future__ import annotations

from functools import cache, lru_cache

from pluralizer import Pluralizer

_SHORTEST = 4
"""Shorter words are taken as they are, but for the plurals in ``_KEPT``: ``is``, ``as``, ``bus`` and ``gas`` are no
plurals."""
_IRREGULAR = {
    "men": "man", "feet": "foot", "mice": "mouse", "lice": "louse", "oxen": "ox", "pence": "penny", "dice": "die",
    "octopi": "octopus", "octopodes": "octopus", "people": "person", "persons": "person", "geese": "goose",
    "axis": "axe", "axes": "axe", "bases": "base", "basis": "base", "oases": "oasis", "caches": "cache",
    "brethren": "brother", "staves": "staff", "wharves": "wharf", "dwarves": "dwarf", "passersby": "passerby",
    "passers-by": "passer-by", "tvs": "tv", "pcs": "pc", "dices": "die",
}  # fmt: skip
_KEPT_TEXT = (
    "lens gas canvas atlas christmas texas news series species means tennis iris pancreas mathematics "
    "physics mars paris james thomas charles always perhaps across less plus minus else yes this his its "
    "us has was does ours yours hers theirs whose besides towards afterwards upstairs downstairs indoors "
    "outdoors sometimes alas bias chassis debris mantis ibis trellis pelvis metropolis cannabis kansas "
    "arkansas dallas vegas wales brussels athens naples cyprus amos pants jeans shorts trousers scissors "
    "glasses' sunglasses binoculars pliers tweezers tights clothes goggles headphones"
)
_KEPT = frozenset(_KEPT_TEXT.split())
"""Words with an ``s`` at their end that are no plurals, or have no singular."""


@lru_cache(maxsize=65_536)
def noun_key(word: str) -> str:
    """The same text for the singular and the plural of a noun, in small letters; it need not be a word itself.

    The singular is pluralizer's. Endings that its rules confuse (``-ie`` and ``-y``, ``-se`` and ``-s``) share a key.
    """
    singular = _singular(word)
    if len(singular) < _SHORTEST or singular in _KEPT:
        return singular
    if singular.endswith("ie"):
        return singular[:-2] + "y"
    if singular.endswith(("se", "xe", "ze", "oe", "che", "she")):
        return singular[:-1]
    return singular


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _KEPT or word.endswith(("ss", "us", "sis", "'s")):
        return word
    if len(word) < _SHORTEST:
        return word
    return str(_library().singular(word))


@cache
def _library() -> Pluralizer:
    return Pluralizer()  # type: ignore[no-untyped-call]
