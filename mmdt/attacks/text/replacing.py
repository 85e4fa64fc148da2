"""Replacing words and phrases in running text: whole words only, articles agreeing with what follows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_ARTICLE = re.compile(r"\b(an?)\s+(?=([A-Za-z]))", re.IGNORECASE)
_SILENT = re.compile(r"\b(an?)\s+(?=(?:one|uni|use|eu))", re.IGNORECASE)


def replace_words(text: str, renderings: Mapping[str, str | Callable[[], str]]) -> str:
    """The text with each word or phrase that is a key replaced, longest first, in one pass.

    A value may be a function, called anew at each place. Letter case is ignored in finding; a capital at the
    start of a replaced phrase is kept.
    """
    if not renderings:
        return text
    longest_first = sorted(renderings, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])", re.IGNORECASE)

    def put(match: re.Match[str]) -> str:
        found = renderings[match[0].lower()]
        word = found if isinstance(found, str) else found()
        return word[:1].upper() + word[1:] if match[0][0].isupper() else word

    return mend_articles(pattern.sub(put, text))


def mend_articles(text: str) -> str:
    """``a`` and ``an`` as the next word's first letter asks."""

    def agree(match: re.Match[str]) -> str:
        right = "an" if match[2].lower() in "aeiou" else "a"
        return (right.capitalize() if match[1][0].isupper() else right) + " "

    return _SILENT.sub(lambda match: ("A" if match[1][0].isupper() else "a") + " ", _ARTICLE.sub(agree, text))
