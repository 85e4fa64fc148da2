"""Spelling: the misspellings of a word that the parsers accept."""

from __future__ import annotations

from collections.abc import Iterator

_COMMON_WORDS = """
all any back boot bold call card care cart chain chart coat cool could each fall fast first flow food foot for from
good great hall hard have heard heat here hold home hour how kept keys kind left line look made make mall more most
never nice nine note once only other over part past pick place plain read right road round said seen shall show side
sign size some stands stare start still take talk tall tell that them then there they this time told tone true wall
want was well were what when where which whole will with word would your
"""
COMMON = frozenset(_COMMON_WORDS.split())
"""Common words that look like a misspelt word of the lexicon; they are not corrected."""


def slips_of(word: str) -> Iterator[str]:
    """Misspellings: two neighbouring letters swapped, a letter doubled or, in words of five or more, one omitted."""
    for place in range(len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    for place in range(len(word)):
        yield word[:place] + word[place] + word[place:]
        if len(word) > 4:
            yield word[:place] + word[place + 1 :]
