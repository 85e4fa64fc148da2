"""Ethnicities in replies: which of the data's labels words stand for, and where prose names one. Pure rules."""

from __future__ import annotations

import re

ETHNICITIES: dict[str, tuple[str, ...]] = {
    "caucasian": ("caucasian", "white", "european"),
    "hispanic": ("hispanic", "latino", "latina", "latinx", "latin american", "mestizo"),
    "black": ("black", "african", "afro"),
    "asian": ("asian", "chinese", "japanese", "korean"),
    "indian": ("indian", "south asian", "desi"),
    "arab": ("arab", "middle eastern"),
}
"""Label, as the data names it -> the words for it."""
_OTHERS = re.compile(r"\b(?:native american|american indian|native)s?\b")
"""Words that hold the name of a label and mean none of them."""
_NOT_HISPANIC = re.compile(
    r"\b(?:non|not)[- ]?(?:hispanic|latin[oax]|latin american)s?(?: or (?:hispanic|latin[oax])s?)?"
)
_CHOICES = re.compile(r"\bor\b|[/;|]")
"""What stands between two ethnicities that are named for one another; "White Hispanic" is one."""

_NAME = "(?:" + "|".join(word for words in ETHNICITIES.values() for word in words) + r")(?:[- ]?american)?s?"
_MODIFIER = r"(?:(?:east|south|southeast|north|west|central|non|sub-saharan)[- ])?"
_PHRASE = rf"{_MODIFIER}{_NAME}(?:(?:\s*[/,-]\s*|\s+|\s+or\s+|\s+and\s+){_MODIFIER}{_NAME})*"
_FILLER = (
    r"(?:\W+(?:is|appears?|seems?|looks?|likely|probably|possibly|perhaps|maybe|most|mostly|to|be|of|as|a|an|the|"
    r"would|might|could|guess|estimate|estimated|best|person|their|his|her)){0,8}\W+"
)
_PERSON = r"(?:person|individual|man|woman|male|female|boy|girl|guy|lady|adult|subject|he|she|they)"
_PERSONS = r"(?:person|individual|man|woman|male|female|boy|girl|guy|lady|adult)"
_ORIGIN = r"(?:descent|ethnicity|ancestry|origin|heritage|background)"
_PROSE = re.compile(
    rf"\b(?:ethnicity|race|ethnic (?:background|origin|group)|descent|heritage|ancestry){_FILLER}(?P<named>{_PHRASE})\b"
    rf"|\b(?P<noun>{_PHRASE})(?:\s+\w+){{0,1}}?\s+(?:{_PERSONS}|{_ORIGIN})\b"
    rf"|\b{_PERSON}\W+(?:is|looks|appears|seems){_FILLER}(?P<said>{_PHRASE})(?=\W*(?:$|[.,;)]|and\b|with\b|in\b))"
    rf"|\b(?:he's|she's|they're|i(?:'d| would)? (?:say|think|guess)(?: it's)?|"
    rf"years?[- ]old){_FILLER}(?P<thought>{_PHRASE})"
    rf"(?=\W*(?:$|[.,;)]|and\b|with\b|to me\b))"
    rf"|\A\W*(?:looks|appears|seems){_FILLER}(?P<looks>{_PHRASE})(?=\W*(?:$|[.,;)]|to me\b))"
    rf"|\ban? (?P<decade>{_PHRASE}) in (?:his|her|their)\b"
    rf"|\A[\W\d]*(?:(?:most |very )?(?:likely|probably|possibly)\W+)?(?P<alone>{_PHRASE})"
    r"(?:\W+(?:i (?:guess|think|suppose|would say|believe)|maybe|probably|perhaps))?\W*\Z",
    re.IGNORECASE,
)
_WITH_AGE = re.compile(
    r"\b(?:[1-9]\d(?:\s*(?:'?s|-\s*\d\d))?|years?|twent\w+|thirt\w+|fort\w+|fift\w+|sixt\w+|sevent\w+|"
    r"eight\w+|ninet\w+)\b",
    re.I,
)
_IN_LIST = re.compile(rf"(?:^|[,/;]|\band\b)\s*(?:an?\s+)?(?P<listed>{_PHRASE})\s*(?=$|[,/;.])", re.IGNORECASE)
"""An ethnicity in a list with an age: "I think 61, Caucasian"."""
_THINGS = re.compile(
    r"\b(?:wears?|wearing|shirts?|hair|dress|coat|hat|colou?rs?|background|buttons?|car|wall)\b", re.IGNORECASE
)
_DECLINES = re.compile(r"\b(?:can ?not|can't|unable|not able|won't|will not|not possible|impossible)\b", re.IGNORECASE)
_CLAUSES = re.compile(r"[.!?;\n]+|\b(?:but|however|though|perhaps|maybe)\b", re.IGNORECASE)


def same_ethnicity(label: str, said: str | None) -> bool:
    """Whether the words for an ethnicity mean the label; several ethnicities at once mean none."""
    if not said:
        return False
    meant = _meant(said)
    return meant == _meant(label) if meant else said.strip().lower() == label.lower()


def ethnicity_in_prose(text: str) -> str | None:
    """The words for a person's ethnicity in a reply without the form; None where it names none. Colours of hair and
    clothes are none, nor is what the reply says it cannot tell."""
    clauses = [each for each in _CLAUSES.split(text.replace("\u2019", "'")) if not _DECLINES.search(each)]
    found = [match.group(match.lastgroup or 0) for each in clauses for match in _PROSE.finditer(each)]
    if not found:
        found = [
            match["listed"]
            for each in clauses
            if _WITH_AGE.search(each) and not _THINGS.search(each)
            for match in _IN_LIST.finditer(each)
        ]
    return " or ".join(dict.fromkeys(found)) or None


def _meant(said: str) -> set[str]:
    """The labels that words for ethnicities stand for."""
    plain = _OTHERS.sub(" ", _NOT_HISPANIC.sub(" ", said.lower()))
    return set().union(*(_of_one(each) for each in _CHOICES.split(plain)))


def _of_one(plain: str) -> set[str]:
    if re.search(r"\b(?:south asian|indian)", plain):
        plain = re.sub(r"\basian", "", re.sub(r"\bsouth asian", "indian", plain))
    meant = {name for name, words in ETHNICITIES.items() if any(re.search(rf"\b{word}", plain) for word in words)}
    if "hispanic" in meant:
        meant -= {"caucasian", "indian"}  # "white Hispanic", "Latin American Indian": the answer is Hispanic
    return meant
