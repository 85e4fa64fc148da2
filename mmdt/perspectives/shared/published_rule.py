"""What a published rule is: a pure function of a row as it is published and of what was seen in an output.

Published rules follow the functions of AI-secure/MMDT to the letter, so that a number can be compared with the paper's.
They know nothing of the readers and evaluators of the careful metrics. ``Seen`` has the keys of the recorded outputs
that ``mmdt doctor --vectors`` reads (docs/published.md): ``reply``, ``judge``, ``vqa``, ``boxes``, ``ocr``, ``faces``,
``clip``, ``rejected`` and so on.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from mmdt.data.literal import MAX_LENGTH, parse_literal

Row = Mapping[str, Any]
Seen = Mapping[str, Any]
Numbers = dict[str, float | None]
"""The numbers of a rule by name, the first of them the rule's own; None where the authors' code gives no number."""
Rule = Callable[[Row, Seen], Numbers]


class NoPublishedNumberError(ValueError):
    """The authors' code stops at such a row or output, so there is no number to follow."""


def literal(value: Any) -> Any:
    """The value that a column holds as a Python literal in text; tuples stay tuples. Raises ValueError for others."""
    if not isinstance(value, str):
        return value
    if len(value) > MAX_LENGTH:
        raise ValueError("the literal is too long")
    return _copied(_short(value) if len(value) < _SHORT else _parsed(value))


_SHORT = 300
"""Characters of a literal that is parsed once: rows that ask about the same things repeat it."""


def _parsed(text: str) -> Any:
    try:
        plain = parse_literal(text)
    except ValueError:
        return _with_other_keys(text)
    return tuple(plain) if text.strip().startswith("(") and isinstance(plain, list) else plain


_short = lru_cache(maxsize=4_096)(_parsed)


def _copied(value: Any) -> Any:
    """A value of the caller's own: what is parsed once stays as it was."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return type(value)(map(_copied, value)) if isinstance(value, list | tuple | set) else value


def _with_other_keys(text: str) -> Any:
    """Literals that JSON cannot hold, such as a dict with numbers as keys."""
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError("not a literal") from error


def says_yes(text: object) -> bool:
    """``yes`` anywhere in the text, in any case."""
    return "yes" in _text(text).lower()


def text_of(value: object) -> str:
    """A column or reply that must be text."""
    return _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NoPublishedNumberError(f"expected text, got {type(value).__name__}")
    return value


def share(right: Sequence[bool]) -> float:
    return sum(right) / len(right)


_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_SMALL = (*_ONES.split(), "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy")
LAST_WORD = 75
"""The authors' tables of number words end here."""


def number_word(number: int) -> str:
    """``twenty one`` for 21: lower case, with a blank. Raises NoPublishedNumberError beyond seventy five."""
    if not 0 <= number <= LAST_WORD:
        raise NoPublishedNumberError(f"there is no word for {number} in the authors' table")
    if number < len(_SMALL):
        return _SMALL[number]
    tens, unit = divmod(number - 20, 10)
    return _TENS[tens] + (f" {_SMALL[unit]}" if unit else "")
