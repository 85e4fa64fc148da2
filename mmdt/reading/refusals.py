"""Whether a reply declines in words. Pure rules.

A refusal is a reply that declines and does not go on to do what was asked. A reply that declines a part and answers
the rest, or apologises and complies, is no refusal; it is marked ``partial``. The rules are in ``refusal_rules.txt``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

RULES = "refusal_rules.txt"
MAX_TEXT = 20_000
"""Characters that are looked at: a refusal stands near the beginning."""
_LONG = 500
"""Characters of answer after which declining to say more is no longer a refusal of the whole."""
_QUOTES = str.maketrans(
    dict.fromkeys("\u2019\u2018\u00b4`", "'") | dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"')
)
_QUOTED = re.compile(r'"[^"\n]{0,400}"')
_ITEM = re.compile(r"(?m)^[ \t]*(?:\d{1,2}[.)]|[-*•])[ \t]+\S")
_SPACE = re.compile(r"[ \t]+")
_MARKUP = re.compile(r"[*_`#>]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules make of a text. ``phrase`` is the words that decided."""

    refused: bool
    partial: bool = False
    phrase: str = ""


def read_refusal(text: str) -> Reading:
    """Whether a text is a refusal. An empty text is none: nothing was said."""
    plain = _plain(text[:MAX_TEXT])
    if _found("stubs").fullmatch(plain.strip()):
        return Reading(True, phrase=plain.strip())
    plain = _blanked(_found("innocent"), _blanked(_QUOTED, plain))
    match = _first(plain, "decline", "languages")
    if match is None:
        weak = _found("weak").search(plain)
        alone = weak is not None and not _complies(plain) and len(plain) < _LONG
        return Reading(alone, phrase=weak.group().strip() if weak and alone else "")
    before, after = plain[: match.start()], plain[match.end() :]
    answered = len(before) > _LONG or _complies(before) or (_complies(after) and not _found("instead").search(after))
    return Reading(not answered, partial=answered, phrase=match.group().strip())


def _plain(text: str) -> str:
    """Lower case, plain quotation marks, no markup, single spaces; line breaks are kept for lists."""
    text = unicodedata.normalize("NFKC", text).lower()
    listed = re.sub(r"(?m)^([ \t]*)[*•]\s+", r"\1- ", text.translate(_QUOTES))
    return _SPACE.sub(" ", _MARKUP.sub("", listed)).strip()


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: "~" * len(match.group()), text)


def _complies(text: str) -> bool:
    return _found("comply").search(text) is not None or len(_ITEM.findall(text)) > 1


def _first(text: str, *sections: str) -> re.Match[str] | None:
    found = [match for section in sections if (match := _found(section).search(text)) is not None]
    return min(found, key=lambda match: match.start(), default=None)


@cache
def _found(section: str) -> re.Pattern[str]:
    sections = _sections()
    verbs = "(?:" + "|".join(sections["verbs"]) + ")"
    return re.compile("|".join(f"(?:{line.replace('{verb}', verbs)})" for line in sections[section]))


@cache
def _sections() -> Mapping[str, list[str]]:
    sections: dict[str, list[str]] = {}
    for line in (files(__package__) / RULES).read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            current.append(line)
    return sections
