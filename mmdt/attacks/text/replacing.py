"""Replace words and phrases in running text: whole words only, with the right article before them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from mmdt.errors import UsageError

_ARTICLE = re.compile(r"\b(an?)\s+(?=([A-Za-z]))", re.IGNORECASE)
_SILENT = re.compile(r"\b(an?)\s+(?=(?:one|uni|use|eu))", re.IGNORECASE)


def replace_words(text: str, renderings: Mapping[str, str | Callable[[], str]]) -> str:
    """The text with each key replaced by its value, longest key first, in one pass.

    A value may be a function, which is called for each match. Matching ignores case; a capital at the start of a
    replaced phrase is kept.
    """
    if not renderings:
        return text
    lower = {key.lower(): value for key, value in renderings.items()}
    longest_first = sorted(renderings, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])", re.IGNORECASE)

    def put(match: re.Match[str]) -> str:
        found = lower[match[0].lower()]
        word = found if isinstance(found, str) else found()
        return word[:1].upper() + word[1:] if match[0][0].isupper() else word

    return fix_articles(pattern.sub(put, text))


def fix_articles(text: str) -> str:
    """The text with ``a`` or ``an`` according to the first letter of the next word."""

    def agree(match: re.Match[str]) -> str:
        right = "an" if match[2].lower() in "aeiou" else "a"
        return (right.capitalize() if match[1][0].isupper() else right) + " "

    return _SILENT.sub(lambda match: ("A" if match[1][0].isupper() else "a") + " ", _ARTICLE.sub(agree, text))


def replace_phrase(text: str, phrase: str, replacement: str) -> str:
    """The text with a phrase replaced wherever it occurs. Raises UsageError when it does not occur."""
    if not re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE):
        raise UsageError(f"the prompt does not contain {phrase!r}", where=text[:60], hint="choose a word of the prompt")
    return replace_words(text, {phrase: replacement})


def longest_word(phrase: str) -> str:
    """The longest word of a phrase, the first of equally long ones."""
    return max(phrase.split(), key=len)
