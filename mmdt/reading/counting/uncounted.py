"""Of which objects a reply gives no number, or several to choose from: then it is wrong, whatever the number is.

A reply that names every number, or that does not know, must not be left out like one that could not be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mmdt.reading.counting.count_words import ENGLISH, NO_THING, NUMERAL
from mmdt.reading.counting.json_values import values_in_json
from mmdt.reading.mentions import fold, word_key, words
from mmdt.reading.no_answers import answers_nothing
from mmdt.reading.numbers import in_digits, is_number

MAX_TEXT = 20_000
"""Characters of a reply that are looked at."""
_PICTURE = r"(?:picture|image|photo(?:graph)?|drawing|scene)"
_NOT_KNOWN = re.compile(
    r"\b(?:(?:do not|don't|did not|didn't|cannot|can not|can't|could not|couldn't|unable to|not able to|impossible to|"
    r"not possible to|no way to|hard to|difficult to) (?:\w+ly |be )?"
    r"(?:know|known|tell|told|say|said|determined?|count|counted|answer|answered|sure|certain)"
    rf"|(?:cannot|can not|can't|could not|couldn't|do not|don't) (?:see|view|access|open|have) "
    rf"(?:the|an?|any|your|this) {_PICTURE}"
    rf"|no {_PICTURE} (?:is |was |has been )?(?:provided|attached|given|shown|visible|available|included|here)"
    r"|(?:not|n't) (?:sure|certain|known|clear|countable|specified|visible|applicable)"
    r"|no (?:idea|clue|answer)|unsure|uncertain|unclear|unknown|who knows|n/a)\b"
)
_AMOUNTS_TEXT = "some several many few multiple numerous various lots plenty countless"
_AMOUNTS = frozenset(_AMOUNTS_TEXT.split())
_PLAIN_TEXT = (
    "there are is could may might can be either or maybe perhaps possibly probably likely about around approximately "
    "roughly from to up i see count it shows show the in on this picture image photo scene number answer of"
)
_PLAIN = frozenset(_PLAIN_TEXT.split())
"""Words that say nothing about the number beside them."""
_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)?|[^\w\s]")
_MARKS = frozenset(",.;:/|-\u2013\u2014()*!")
_LIST = r"\d+(?:\s*(?:,|/|-|\u2013|\bor\b|\bto\b|,\s*or\b)\s*\d+)+"
_ENDS = r"(?=\W*$|\s*[;.](?!\d)|\s*,?\s*(?:and )?[^\W\d_][\w' ]{0,40}[:=])"
_LABELLED = re.compile(
    rf"(?:^|[;,.]\s|\band )\W{{0,5}}(?P<label>[^\W\d_][\w' -]{{0,60}}?)\s*[:=]\s*(?P<numbers>{_LIST}){_ENDS}"
)


def uncounted(reply: str, objects: Iterable[str]) -> frozenset[str]:
    """The objects of which the reply beyond doubt gives no number, or more than one to choose from.

    ``objects``: what is asked for. A range is a choice ("2 to 4"); parts ("2 black, 1 white") and corrections are not,
    and are left to a judge.
    """
    wanted = list(objects)
    text = in_digits(fold(reply[:MAX_TEXT].replace("\n", " ; ")))
    if gives_no_number(reply) or answers_nothing(reply):
        return frozenset(wanted)
    values = _in_json(reply, wanted)
    if values is not None:
        return frozenset(name for name, value in values.items() if _no_single(value))
    if len(wanted) == 1 and _offers_numbers(text, wanted[0]):
        return frozenset(wanted)
    return frozenset(name for name in wanted if _labels_several(text, name))


def gives_no_number(reply: str) -> bool:
    """Whether nothing in an English reply could be a number, not even an article: then it counts nothing at all."""
    text = fold(reply[:MAX_TEXT])
    rest, doubts = _NOT_KNOWN.subn(" ", text)
    return (doubts > 0 or ENGLISH.search(text) is not None) and NUMERAL.search(NO_THING.sub(" ", rest)) is None


def _in_json(reply: str, wanted: list[str]) -> dict[str, Any] | None:
    """The values under the objects' names in the one JSON object of a reply; None where there is no such."""
    values = values_in_json(reply)
    by_name = {name: [value for key, value in values.items() if words(key) == words(name)] for name in wanted}
    return {name: each[0] for name, each in by_name.items() if len(each) == 1} or None


def _no_single(value: Any) -> bool:
    if isinstance(value, list):
        return len({str(each) for each in value}) > 1
    if isinstance(value, str):
        return (
            gives_no_number(value)
            or answers_nothing(value)
            or re.fullmatch(_LIST, in_digits(fold(value)).strip()) is not None
        )
    return value is None


def _offers_numbers(text: str, name: str) -> bool:
    """Whether a reply consists of different numbers of one object, or of amounts: "2 or 3 cats", "1, 2, 3", "many"."""
    said: list[str] = _TOKEN.findall(text)
    between = "between" in said
    names, numbers, amounts = set(words(name)), [], 0
    for token in said:
        if is_number(token):
            numbers.append(int(token))
        elif token in _AMOUNTS:
            amounts += 1
        elif not (
            token in _PLAIN or token in _MARKS or word_key(token) in names or (between and token in ("between", "and"))
        ):
            return False
    if not numbers:
        return amounts > 0
    return len(numbers) > 1 and len(set(numbers)) == len(numbers)


def _labels_several(text: str, name: str) -> bool:
    """Whether the object's label is followed by a list: "cat: 1, 2, 3; dog: 2"."""
    return any(
        words(found["label"]) == words(name) and len(set(re.findall(r"\d+", found["numbers"]))) > 1
        for found in _LABELLED.finditer(text)
    )
