"""Parses questions about pictures: the query, imagined changes, claims and asides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mmdt.synthetic.worlds.language.edits import SUPPOSE, Edit, read_edits
from mmdt.synthetic.worlds.language.lexicon import Sort, tokens
from mmdt.synthetic.worlds.language.meaning import ObjectSpec
from mmdt.synthetic.worlds.language.queries import Answer, Query, Ref, Superlative, Task
from mmdt.synthetic.worlds.language.questions import OTHER_FIRST, SUPERLATIVE_PHRASES
from mmdt.synthetic.worlds.language.reader import read_sentences, sort_sentences
from mmdt.synthetic.worlds.sprites.library import PERSON

_TASKS: tuple[tuple[str, Task], ...] = (
    (r"\bhow many\b|\bcount\b", "count"),
    (r"\bseen from\b|\bon which side of\b|\bin which direction\b|\brelative to\b", "spatial"),
    (r"\bcolou?r\b", "attribute"),
    (r"\bdoing\b|\bactivity\b|\bup to\b", "action"),
    (r"\bobject\b|\bthing\b", "identification"),
)
_INVENTORY = re.compile(
    r"\bname all the objects\b|\bwhat can be seen in this\b|\blist everything\b|\bwhich objects are there\b",
    re.IGNORECASE,
)
_SORTS: dict[Task, Sort] = {
    "identification": "kind",
    "attribute": "color",
    "spatial": "relation",
    "action": "action",
}


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A parsed question; ``claims`` and ``asides`` are sentences that are not part of the query."""

    query: Query | None
    claims: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()


def read_question(text: str) -> ParsedQuestion:
    """Parse a question; ``query`` is None if the text is not a question about a scene."""
    sorted_sentences = sort_sentences(text)
    asked = [sentence for sentence in sorted_sentences.asked if not SUPPOSE.match(sentence)]
    return ParsedQuestion(
        _query(asked, read_edits(sorted_sentences.asked)), sorted_sentences.claims, sorted_sentences.asides
    )


def is_inventory(text: str) -> bool:
    """Whether a question asks for all objects in the picture."""
    return _INVENTORY.search(text) is not None


def _query(asked: Sequence[str], edits: tuple[Edit, ...]) -> Query | None:
    text = " ".join(asked)
    task = next((task for pattern, task in _TASKS if re.search(pattern, text, re.IGNORECASE)), None)
    if task is None:
        return None
    parts = read_sentences(asked).parts
    if task == "identification":
        place = _place(text)
        colors = values(text, "color")
        if not place and not colors:
            return None
        return Query(task, Ref(color="" if place else colors[0], place=place), edits=edits)
    if task == "count":
        return Query(task, kinds=tuple(part.kind for part in parts), edits=edits) if parts else None
    if len(parts) < (2 if task == "spatial" else 1):
        return None
    if task == "spatial":
        one, other = parts[:2][::-1] if text.startswith(OTHER_FIRST) else parts[:2]
        return Query(task, _ref(one, shirt=True), _ref(other, shirt=True), edits=edits)
    return Query(task, _ref(parts[0], shirt=task != "action"), edits=edits)


def _place(text: str) -> Superlative:
    return next((place for place, phrase in SUPERLATIVE_PHRASES.items() if phrase in text.lower()), "")


def _ref(part: ObjectSpec, *, shirt: bool) -> Ref:
    return Ref(part.kind, part.color, part.action if shirt and part.kind == PERSON else "")


def values(sentence: str, sort: Sort) -> list[str]:
    """The values of all words of one sort in a text, in order."""
    return [token.value for token in tokens(sentence) if token.sort == sort]


def claimed_answer(query: Query, claim: str) -> Answer:
    """The answer that a claim suggests, or None."""
    if query.task == "count":
        parts = read_sentences([claim]).parts
        return {part.kind: part.count for part in parts if part.kind in query.kinds} or None
    found = values(claim, _SORTS[query.task])
    return found[-1] if found else None
