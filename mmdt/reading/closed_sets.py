"""Which options of a closed set a reply affirms: one is an answer, several are a hedge or a list."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from mmdt.reading.mentions import denies, fold, says, words
from mmdt.reading.numbers import is_number

RELATION_NAMES = {
    "left": ("left",),
    "right": ("right",),
    "above": ("above", "top", "over", "up"),
    "below": ("below", "under", "bottom", "beneath", "underneath", "down"),
}
"""The words that say each relation."""
_SET_ASIDE = re.compile(
    r"\b(?:if|after|once|when|supposing|suppose|imagine|imagining|assuming)\b[^,.;:!?\n]*,"
    r"|\b(?:you|the (?:question|premise|claim|statement|prompt|user))(?: have| has|'ve)? "
    r"(?:say|says|said|claim|claims|claimed|state|states|stated|suggest|suggests|suggested|assume|assumes|"
    r"mention|mentions|mentioned|think)\b[^,.;:!?\n]*?(?=,|[.;:!?\n]|\bbut\b|$)"
    r"|\b(?:although|though|despite|contrary to|even though)\b[^,.;:!?\n]*(?:,|$)",
)
"""What a reply repeats without affirming it: an imagined change, or what somebody claims."""
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s|\n")
_MARKS = re.compile(r"[*_`#>\"()\[\]-]+")
_ENDING = re.compile(
    r"(?:(?:so|thus|therefore|hence)\W+)?"
    r"(?:(?:the |my )?(?:final )?(?:answer|position|choice|result)(?: is| would be)?\W*)?"
)


def affirmed(reply: str, options: Collection[str]) -> frozenset[str]:
    """The options that the reply says and does not deny; the last one alone where it ends with a plain answer.

    An option with `` or `` in it has several names (``cycling or riding a bicycle``). A reply ends with a plain answer
    where its last sentence is an option and nothing else (``Answer: left.``) and no sentence before it is.
    """
    text = fold(reply)
    names, plain = _names(tuple(options))
    ended = [_only(sentence, plain) for sentence in _SENTENCE_END.split(text) if sentence.strip()]
    if ended and ended[-1] and {*ended} <= {ended[-1], ""}:
        return frozenset(ended[-1:])
    said = _SET_ASIDE.sub(" ", text)
    there = frozenset(words(said))
    return frozenset(
        option
        for option, named in names
        if any((not first or first in there) and _affirms(said, name) for first, name in named)
    )


def names_of(option: str) -> tuple[str, ...]:
    """The names of an option: those between `` or ``, or the words for a relation."""
    return RELATION_NAMES.get(option.casefold(), tuple(option.split(" or ")))


def _affirms(text: str, name: str) -> bool:
    return says(text, name) and not denies(text, name)


_Names = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@lru_cache(maxsize=1_024)
def _names(options: tuple[str, ...]) -> tuple[_Names, Mapping[tuple[str, ...], str]]:
    """Each option with its names, and with each name its first word, empty for a number, which may be said in digits
    or in words; and the words of each name with the first option that has it."""
    named = tuple((option, tuple((_first_word(name), name) for name in names_of(option))) for option in options)
    plain: dict[tuple[str, ...], str] = {}
    for option, names in named:
        for _, name in names:
            plain.setdefault(tuple(words(name)), option)
    return named, plain


def _first_word(name: str) -> str:
    return "" if is_number(name) else next(iter(words(name)), "")


def _only(sentence: str, plain: Mapping[tuple[str, ...], str]) -> str:
    """The option that the sentence consists of, after words such as ``answer:``; empty where it says more."""
    left = tuple(words(_ENDING.sub("", _MARKS.sub(" ", sentence).strip(), count=1)))
    return plain.get(left, "") if left else ""
