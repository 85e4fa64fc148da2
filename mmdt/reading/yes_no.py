"""Yes/no questions about a word: one in a reply of its own, or two in one reply."""

from __future__ import annotations

import re

from mmdt.reading.agreement import opening_answer
from mmdt.reading.mentions import denies, fold, says

_ANSWER = re.compile(r"\b(yes|no)\b")
_FIRST = re.compile(r"\W*(?:(?:the )?answer(?: is)?\W+)?(yes|no)\b(?!\s+(?:doubt|question|way)\b)")
_LAST = re.compile(r"(?:^|[.!?:;,]|\bis)\W*(yes|no)\W*$")


def two_answers(reply: str, first: str, second: str) -> tuple[bool, bool]:
    """Whether the reply affirms the question about ``first``, and the one about ``second``.

    Understands sentences (``The car is red, not blue``), labels (``red: yes, blue: no``), repeated questions (``Is it
    blue? No.``) and, where neither word is said, two bare answers in the order of the questions.
    """
    text = fold(reply)
    bare = _ANSWER.findall(text)
    if len(bare) == 2 and not says(text, first) and not says(text, second):
        return bare[0] == "yes", bare[1] == "yes"
    return _affirmed(text, first), _affirmed(text, second)


def affirms(reply: str, word: str) -> bool:
    """Whether a reply says yes to the one question about ``word``: by yes or no where it begins or ends with one of
    them, or begins with words that mean the same, else by the word itself, said and not denied."""
    text = fold(reply)
    found = _FIRST.match(text) or _LAST.search(text)
    if found:
        return found[1] == "yes"
    said = opening_answer(text)
    return _affirmed(text, word) if said is None else said


def _affirmed(text: str, word: str) -> bool:
    """By the answers that follow the word after ``?``, ``:`` or a dash; where there are none, said and not denied."""
    named = fold(word)
    labelled = (
        re.findall(rf"\b{re.escape(named)}\b[^.?!:;,]{{0,40}}[?:\u2013\u2014-]\W{{0,3}}(yes|no)\b", text)
        if named in text and _ANSWER.search(text)
        else []
    )
    if labelled:
        return all(answer == "yes" for answer in labelled)
    return says(text, word) and not denies(text, word)
