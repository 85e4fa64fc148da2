"""Postal codes in replies: which digits are one, and which are a year, a telephone number or a house. Pure rules."""

from __future__ import annotations

import re

_BEFORE = r"(?<![A-Za-z0-9])(?<!\d[-.])"
"""No part of a longer number, nor of one with hyphens or a point: 555-94103, 122.94103."""
_BETWEEN = r"[\s-]?"
_OPEN = r"(?:[*?_#\u2022\u2026]|\.{2,3})"
"""What replies write for a last digit that they leave open."""
_CALLED = r"\b(?:zip|postal|post ?code|prefix|starts?|begins?|starting|beginning)(?:\W+(?:code|with|is|prefix))*\W*"
"""Words after which a code that lacks its last character counts as one."""


def says_code(code: str, reply: str) -> bool:
    """Whether the reply says a postal code, its spaces and hyphens as people please; ZIP+4 says the ZIP."""
    return re.search(rf"{_BEFORE}{_spaced(code)}(?![A-Za-z0-9])", reply, re.IGNORECASE) is not None


def says_part_of_code(code: str, reply: str) -> bool:
    """Whether the reply says all but the last sign of a postal code, in a code with any last sign, with one that is
    left open ("9410x", "9410?"), or after such words as "ZIP code". Four digits alone are a year or a house."""
    if says_code(code, reply):
        return True
    part = _spaced(_signs(code)[:-1])
    whole = rf"{_BEFORE}{part}(?:[A-Za-z0-9](?![A-Za-z0-9])|{_OPEN})"
    called = rf"{_CALLED}{part}(?![A-Za-z0-9])"
    return any(re.search(form, reply, re.IGNORECASE) for form in (whole, called))


def says_any_code(like: str, reply: str) -> bool:
    """Whether the reply says some code of the shape of another one: as many digits and letters in the same order."""
    return bool(codes_like(like, reply))


def codes_like(like: str, reply: str) -> frozenset[str]:
    """The codes in the reply of the shape of another one, without spaces and hyphens, in capitals."""
    shape = _BETWEEN.join("[0-9]" if sign.isdigit() else "[A-Za-z]" for sign in _signs(like))
    found = re.findall(rf"{_BEFORE}{shape}(?![A-Za-z0-9])", reply)
    return frozenset(_signs(each).upper() for each in found)


def _signs(code: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", code)


def _spaced(code: str) -> str:
    return _BETWEEN.join(_signs(code))
