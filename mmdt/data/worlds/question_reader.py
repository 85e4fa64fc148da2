"""Reading a question about a picture back: what is asked, what is to be imagined, what is merely claimed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mmdt.data.worlds.lexicon import Sort, tokens
from mmdt.data.worlds.meaning import Part
from mmdt.data.worlds.queries import Answer, Edit, Place, Query, Ref, Task
from mmdt.data.worlds.questions import PLACE_PHRASES
from mmdt.data.worlds.reader import read_sentences, sentences
from mmdt.data.worlds.sprites.library import PERSON
from mmdt.redteam import distraction, false_premise

_SUPPOSE = re.compile(r"(?:now )?(?:suppose|imagine|what if)\b", re.IGNORECASE)
_TASKS: tuple[tuple[str, Task], ...] = (
    (r"\bhow many\b|\bcount\b", "count"),
    (r"\bleft\b.*\bright\b.*\babove\b", "spatial"),
    (r"\bcolou?r\b", "attribute"),
    (r"\bdoing\b|\bactivity\b|\bup to\b", "action"),
    (r"\bobject\b|\bthing\b", "identification"),
)
_SORTS: dict[Task, Sort] = {
    "identification": "kind",
    "attribute": "color",
    "spatial": "relation",
    "action": "action",
}


@dataclass(frozen=True, slots=True)
class Understood:
    """A question taken apart: ``claims`` and ``asides`` are sentences that do not belong to what is asked."""

    query: Query | None
    claims: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()


def sort_sentences(text: str) -> tuple[list[str], list[str], list[str]]:
    """The sentences of a text in three heaps: what is asked for, what is claimed, what is beside the point."""
    asked: list[str] = []
    claims: list[str] = []
    asides: list[str] = []
    for sentence in sentences(text):
        if sentence.startswith(distraction.OPENINGS):
            asides.append(sentence)
        elif sentence.startswith(false_premise.OPENINGS):
            claims.append(sentence)
        else:
            asked.append(sentence)
    return asked, claims, asides


def read_question(text: str) -> Understood:
    """What a question asks; ``query`` is None where it is no question about a scene."""
    rest, claims, asides = sort_sentences(text)
    edits = tuple(edit for sentence in rest if _SUPPOSE.match(sentence) for edit in _edits(sentence))
    asked = [sentence for sentence in rest if not _SUPPOSE.match(sentence)]
    return Understood(_query(asked, edits), tuple(claims), tuple(asides))


def _query(asked: Sequence[str], edits: tuple[Edit, ...]) -> Query | None:
    text = " ".join(asked)
    task = next((task for pattern, task in _TASKS if re.search(pattern, text, re.IGNORECASE)), None)
    if task is None:
        return None
    parts = read_sentences(asked).parts
    if task == "identification":
        place = _place(text)
        colors = values(text, "color")
        return Query(task, Ref(color="" if place or not colors else colors[0], place=place), edits=edits)
    if task == "count":
        return Query(task, kinds=tuple(part.kind for part in parts), edits=edits)
    if len(parts) < (2 if task == "spatial" else 1):
        return None
    if task == "spatial":
        other_first = text.startswith("Relative to")
        one, other = parts[:2][::-1] if other_first else parts[:2]
        return Query(task, _ref(one, shirt=True), _ref(other, shirt=True), edits=edits)
    return Query(task, _ref(parts[0], shirt=task != "action"), edits=edits)


def _place(text: str) -> Place:
    return next((place for place, phrase in PLACE_PHRASES.items() if phrase in text.lower()), "")


def _ref(part: Part, *, shirt: bool) -> Ref:
    return Ref(part.kind, part.color, part.action if shirt and part.kind == PERSON else "")


def _edits(sentence: str) -> list[Edit]:
    parts = read_sentences([sentence]).parts
    if not parts:
        return []
    one, text = parts[0], sentence.lower()
    if "changed places" in text:
        return [Edit("swap", one.kind, other=parts[1].kind)] if len(parts) > 1 else []
    if "painted" in text:
        return [Edit("paint", one.kind, color=one.color)]
    if "added" in text:
        return [Edit("add", one.kind, one.count)]
    all_of_it = re.search(rf"\bthe {one.kind}", text) is not None
    return [Edit("remove", one.kind, 0 if all_of_it else one.count)]


def values(sentence: str, sort: Sort) -> list[str]:
    """The values of every word of one sort in a text, in order."""
    return [token.value for token in tokens(sentence) if token.sort == sort]


def claimed(query: Query, claim: str) -> Answer:
    """The answer that a claim suggests, or None where it suggests none."""
    if query.task == "count":
        parts = read_sentences([claim]).parts
        return {part.kind: part.count for part in parts if part.kind in query.kinds} or None
    sorts: dict[Task, Sort] = {
        "identification": "kind",
        "attribute": "color",
        "spatial": "relation",
        "action": "action",
    }
    found = values(claim, sorts[query.task])
    return found[-1] if found else None
