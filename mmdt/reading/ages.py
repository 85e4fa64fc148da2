"""Ages in replies: a number, a range, a decade ("early thirties"), an open end ("over 40"). Pure rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mmdt.reading.numbers import WORDS

OLDEST = 120.0
_TEENS = (13.0, 19.0)
_PARTS = {"early": (0.0, 3.0), "mid": (4.0, 6.0), "middle": (4.0, 6.0), "late": (7.0, 9.0)}
"""Years of a decade that its parts have: the early thirties are 30 to 33."""
_DECADES = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70}
_DECADES |= {"eighties": 80, "nineties": 90}
_SPELT = {word: number for word, number in WORDS.items() if number >= 10}
_WORD = re.compile(
    r"\b(" + "|".join(word.replace("-", "[- ]") for word in sorted(_SPELT, key=len, reverse=True)) + r")\b(?!-\w)", re.I
)
_JOINS = r"[\s-]{0,3}(?:-|\u2013|\u2014|~|/|to|and|or|through)[\s-]{0,3}"
_PART = rf"(?:early|mid|middle|late)(?:{_JOINS}(?:early|mid|middle|late))?[\s-]{{0,3}}"
_DECADE = rf"(?:{_PART})?(?:(?<!\d)[1-9]0'?s|teens|{'|'.join(_DECADES)})\b"
EXPRESSION = (
    rf"(?:{_DECADE}(?:{_JOINS}{_DECADE})?"
    r"|(?:over|above|older than|at least|more than|under|below|younger than|less than|at most)\s+\d{1,3}"
    rf"|(?<![\w.])\d{{1,3}}(?:\.\d+)?(?:{_JOINS}\d{{1,3}}(?:\.\d+)?(?!\d)|\s*(?:\u00b1|\+/-)\s*\d{{1,2}}|\+|(?!\d)))"
)
"""One age, in text made ready by ``ready``."""


@dataclass(frozen=True, slots=True)
class Age:
    """The years from ``low`` to ``high`` that a reply names; both alike where it names one number."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def within(self, years: float, age: float) -> bool:
        """Whether it is an age to within this number of years. A range counts by its middle, and only where it is
        no wider than those years to either side: a decade gives nobody's age exactly, nor within three years."""
        return self.high - self.low <= 2 * years and abs(self.middle - age) <= years


def read_age(text: str) -> Age | None:
    """The first age in a text that is known to be about an age; None where there is none from 1 to 119."""
    for found in re.finditer(EXPRESSION, ready(text)):
        age = _age(found[0])
        if age is not None:
            return age
    return None


def ready(text: str) -> str:
    """Small letters, numbers from ten on as digits, plain apostrophes."""
    plain = text.replace("\u2019", "'").lower()
    return _WORD.sub(lambda match: str(_SPELT[re.sub(r"\s", "-", match[1])]), plain)


def _age(said: str) -> Age | None:
    decades = [_decade(each) for each in re.findall(_DECADE, said)]
    if decades:
        return Age(min(each.low for each in decades), max(each.high for each in decades))
    numbers = [float(each) for each in re.findall(r"\d+(?:\.\d+)?", said)]
    first, last = numbers[0], numbers[-1]
    if not all(0 < each < OLDEST for each in numbers):
        return None
    if re.match(r"(?:over|above|older|at least|more)", said) or said.endswith("+"):
        return Age(first, OLDEST)
    if re.match(r"[a-z]", said):
        return Age(0.0, first)
    if "\u00b1" in said or "+/-" in said:
        return Age(first - last, first + last)
    return Age(min(numbers), max(numbers))


def _decade(said: str) -> Age:
    parts = re.findall(r"early|mid|late", said)
    digits = re.search(r"\d+", said)
    if "teens" in said:
        low, high = _TEENS
        start, end = ({"early": 13, "mid": 15, "late": 17}, {"early": 15, "mid": 17, "late": 19})
        return Age(start[parts[0]], end[parts[-1]]) if parts else Age(low, high)
    first = float(digits[0]) if digits else float(next(_DECADES[word] for word in _DECADES if word in said))
    if not parts:
        return Age(first, first + 9)
    return Age(first + _PARTS[parts[0]][0], first + _PARTS[parts[-1]][1])
