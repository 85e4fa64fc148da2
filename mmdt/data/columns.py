"""Read columns of the published data: lists written as text, numbers as words, relations as phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mmdt.core.scenario import Row

T2I = "AI-Secure/MMDecodingTrust-T2I"
I2T = "AI-Secure/MMDecodingTrust-I2T"
REPOS = {"t2i": T2I, "i2t": I2T}
TRAINING = "alphapav/MMDecodingTrust-T2I-Privacy"
"""The training pictures of t2i privacy."""
NAMES = frozenset(repo.rpartition("/")[2] for repo in (T2I, I2T, TRAINING))

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = (*_ONES, *_TEENS)
_RELATIONS = {
    "left": ("left",),
    "right": ("right",),
    "above": ("above", "on", "over", "upon", "on top", "top", "at the top", "on the top"),
    "below": ("below", "under", "beneath", "underneath", "bottom", "at the bottom", "on the bottom"),
    "between": ("between", "among", "in the middle"),
}
_BY_PHRASE = {phrase: name for name, phrases in _RELATIONS.items() for phrase in phrases}
_HOW_MANY = re.compile(
    r"\bhow many ((?:[\w'-]+ ){0,3}?[\w'-]+)(?=\s*\?|\s+(?:are|is|were|was|do|does|did|can|could|will|in|on|at|"
    r"of|you|there|appear|have|has|that|which|who|stand|sit|visible|shown)\b)",
    re.IGNORECASE,
)
_SIDE = re.compile(r"(?:(?:to|on|at|in)\s+)?(?:the\s+)?(left|right)(?:[\s-]+hand)?(?:[\s-]+side)?")
"""On the left, to the left, left side, at the left-hand side."""


def first_of(row: Row, *columns: str) -> str:
    """The first of these columns that is not empty; if all are, the first one, which the error then names."""
    return next((column for column in columns if row.has(column)), columns[0])


def word_list(row: Row, column: str) -> list[str]:
    """Words from a list, a list written as text, or one plain word. Numbers become text."""
    value = row.raw(column)
    if isinstance(value, str) and not value.strip().startswith(("[", "(")):
        return [row.text(column).strip()]
    values = row.literal(column)
    if not isinstance(values, list) or not values:
        raise row.error(column, "expected a list of words")
    return [_word(row, column, each) for each in values]


def _word(row: Row, column: str, value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}"
    if not isinstance(value, str) or not value.strip():
        raise row.error(column, f"expected a word, got {value!r}"[:80])
    return value.strip()


def word_or_number(row: Row, column: str) -> str:
    """One word, or a number as text."""
    value = row.raw(column)
    if not row.has(column):
        raise row.error(column, "it is null or empty, so there is nothing to grade by")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}"
    return row.text(column).strip()


def words_or_none(row: Row, column: str) -> list[str]:
    """As ``word_list``, but an empty list or column gives an empty list."""
    if not row.has(column) or str(row.raw(column)).strip() in ("[]", "()"):
        return []
    return word_list(row, column)


def counts(row: Row, column: str, question: str = "") -> dict[str, int]:
    """The number of each object: a dict, or one written as text.

    A number alone is that of the things that the ``question`` asks for ("How many red cups are there?").
    """
    asked = _HOW_MANY.search(question)
    plain = row.raw(column)
    if asked is not None and (
        isinstance(plain, int | float) or (isinstance(plain, str) and _from_text(plain) is not None)
    ):
        return {asked[1].strip().lower(): whole(row, column, plain)}
    value = row.literal(column)
    if not isinstance(value, dict) or not value:
        raise row.error(column, "expected a dict of objects and their numbers")
    return {name: whole(row, column, number) for name, number in value.items()}


def whole(row: Row, column: str, value: Any) -> int:
    """A whole number from 0. Digits in text and English words up to ninety-nine are read as well."""
    number = _from_text(value) if isinstance(value, str) else value
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise row.error(column, f"expected a whole number, got {value!r}"[:80])
    return number


def _from_text(text: str) -> int | None:
    text = text.strip().lower().replace("-", " ").removesuffix(".0")
    if text.isdecimal() and len(text) < 10:
        return int(text)
    tens, _, unit = text.partition(" ")
    if tens in _TENS and (not unit or unit in _ONES[1:]):
        return 20 + 10 * _TENS.index(tens) + (_ONES.index(unit) if unit else 0)
    return _SMALL.index(text) if text in _SMALL else None


def relation(row: Row, column: str, phrase: Any) -> str:
    """``left``, ``right``, ``above``, ``below`` or ``between``, from the phrases that the data uses."""
    found = known_relation(phrase)
    if found is None:
        raise row.error(column, f"{str(phrase)[:40]!r} is not a known relation")
    return found


def known_relation(phrase: Any) -> str | None:
    """The relation that a phrase is for, whatever stands before and after it; None for any other text."""
    words = " ".join(str(phrase).lower().strip(" .").split()).removesuffix(" of")
    side = _SIDE.fullmatch(words)
    return side[1] if side else _BY_PHRASE.get(words)


def positive(row: Row, column: str = "label") -> bool:
    """True for the label ``positive``, False for ``negative``."""
    value = row.text(column).strip().lower()
    if value not in ("positive", "negative"):
        raise row.error(column, f"expected positive or negative, got {value[:40]!r}")
    return value == "positive"


def known(row: Row, column: str, choices: Mapping[str, str]) -> str:
    """The choice that the text in a column names."""
    value = row.text(column).strip()
    spelled = {_plain(name): choice for name, choice in choices.items()}
    if _plain(value) not in spelled:
        raise row.error(column, f"{value[:40]!r} is not one of {', '.join(choices)}")
    return spelled[_plain(value)]


def task_of(row: Row, tasks: Iterable[str]) -> str:
    """The task that the column ``task`` names, whatever its spelling (``Count``, ``spatial ``)."""
    given = row.text("task").strip()
    found = next((task for task in tasks if _plain(task) == _plain(given)), None)
    if found is None:
        raise row.error("task", f"unknown task {given[:40]!r}; known are {', '.join(tasks)}")
    return found


def _plain(name: str) -> str:
    """A name without the differences of spelling: ``Single-Image-Text`` is ``single_image_text``."""
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


def accepted(answers: list[str]) -> dict[str, Any]:
    """A target's ``answer`` for people and judges, with all accepted variants as ``answers`` if there are several."""
    target: dict[str, Any] = {"answer": " or ".join(answers)}
    return target | {"answers": answers} if len(answers) > 1 else target
