"""Numbers in English text, as digits and as words."""

from __future__ import annotations

import re

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_OTHER = {"no": 0, "none": 0, "a": 1, "an": 1, "single": 1, "couple": 2, "pair": 2, "dozen": 12}
"""Words that stand for a number only before a noun; read by :func:`leading_number` alone."""


def in_words(number: int) -> str:
    """``21`` as ``"twenty-one"``; numbers from 0 to 999. Raises ValueError outside."""
    if not 0 <= number <= 999:
        raise ValueError(f"{number} is outside 0..999")
    if number < 20:
        return _UNITS[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_UNITS[unit]}" if unit else "")
    hundreds, rest = divmod(number, 100)
    return f"{_UNITS[hundreds]} hundred" + (f" and {in_words(rest)}" if rest else "")


WORDS = {in_words(number): number for number in range(100)}
_WORD = "|".join(sorted((word.replace("-", "[- ]") for word in WORDS), key=len, reverse=True))
MOST_DIGITS = 18
"""Longer runs of digits are no count of anything, and Python refuses to read very long ones."""
_PART = r"\s{0,3}(?:%|\u2030|per ?cent|percent|/\s?\d|\u2044)"
"""After which a number is a share or a fraction: 50 % is not 50."""
_NUMBER = re.compile(
    rf"(?<![\w.])(?<!\d[/,\u2044])(?:(\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.00?)?(?![\w]|[.,]\d)|({_WORD})(?!\w|-\w))(?!{_PART})",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\bthan (?:or equal to )?$", re.IGNORECASE)
"""Before which no number is named: "fewer than 5"."""


def numbers_in(text: str) -> list[int]:
    """Every whole number in the text, in order: ``"3 cats and twenty-one dogs"`` gives ``[3, 21]``, ``2.0`` is 2.

    Other decimals, shares (``50 %``), fractions, bounds (``fewer than 5``), digits inside words (``B12``) and runs of
    more than ``MOST_DIGITS`` are left out.
    """
    return [_value(match) for match in find_numbers(text)]


def find_numbers(text: str) -> list[re.Match[str]]:
    """Where the numbers of ``numbers_in`` are; ``value_of`` gives the value of each."""
    return [match for match in _NUMBER.finditer(text) if _short(match) and not _bound(text, match.start())]


def value_of(match: re.Match[str]) -> int:
    return _value(match)


def _bound(text: str, place: int) -> bool:
    return _COMPARED.search(text[max(0, place - 20) : place]) is not None


def is_number(text: str) -> bool:
    """Whether a text is one whole number in digits, of at most ``MOST_DIGITS``."""
    return text.strip().isdecimal() and len(text.strip()) <= MOST_DIGITS


def in_digits(text: str) -> str:
    """The text with every whole number in digits: ``"twenty-one dogs"`` becomes ``"21 dogs"``."""
    return _NUMBER.sub(lambda match: str(_value(match)) if _short(match) else match[0], text)


def _short(match: re.Match[str]) -> bool:
    return len(match[1] or "") <= MOST_DIGITS


def _value(match: re.Match[str]) -> int:
    digits, word = match.groups()
    return WORDS[word.lower().replace(" ", "-")] if digits is None else int(digits.replace(",", ""))


def leading_number(text: str) -> int | None:
    """The number a noun phrase begins with (``"a cat"`` 1, ``"no dogs"`` 0, ``"three cups"`` 3), else None."""
    word = re.match(r"\W*(?:just |only |exactly |about |the )*([A-Za-z]+)\b", text)
    if word and word.group(1).lower() in _OTHER:
        return _OTHER[word.group(1).lower()]
    start = re.match(r"\W*(?:just |only |exactly |about |the )*", text)
    rest = text[start.end() :] if start else text
    found = _NUMBER.match(rest)
    return _value(found) if found and _short(found) else None
