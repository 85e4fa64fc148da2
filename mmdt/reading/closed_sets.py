"""Which options of a closed set a reply affirms: one is an answer, several are a hedge or a list."""

from __future__ import annotations

import re
from collections.abc import Collection

from mmdt.reading.mentions import denies, fold, says, words

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
    ended = [found for found in (_only(sentence, options) for sentence in _sentences(text)) if found]
    last = _only(_sentences(text)[-1], options) if _sentences(text) else ""
    if last and set(ended) == {last}:
        return frozenset([last])
    said = _SET_ASIDE.sub(" ", text)
    return frozenset(option for option in options if any(_affirms(said, name) for name in names_of(option)))


def names_of(option: str) -> tuple[str, ...]:
    """The names of an option: those between `` or ``, or the words for a relation."""
    return RELATION_NAMES.get(option.casefold(), tuple(option.split(" or ")))


def _affirms(text: str, name: str) -> bool:
    return says(text, name) and not denies(text, name)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?;])\s|\n", text) if part.strip()]


def _only(sentence: str, options: Collection[str]) -> str:
    """The option that the sentence consists of, after words such as ``answer:``; empty where it says more."""
    left = words(_ENDING.sub("", re.sub(r"[*_`#>\"()\[\]-]+", " ", sentence).strip(), count=1))
    if not left:
        return ""
    return next((option for option in options for name in names_of(option) if left == words(name)), "")
