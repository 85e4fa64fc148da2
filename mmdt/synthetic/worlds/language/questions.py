"""Words queries as questions in clean, varied English."""

from __future__ import annotations

import random

from mmdt.synthetic.worlds.language.edits import suppose
from mmdt.synthetic.worlds.language.queries import Query, Ref, Superlative
from mmdt.synthetic.worlds.language.vocabulary import ACTION_PHRASES, article, join_phrases, plural
from mmdt.synthetic.worlds.sprites.library import PERSON

SUPERLATIVE_PHRASES: dict[Superlative, str] = {
    "largest": "largest",
    "smallest": "smallest",
    "leftmost": "furthest to the left",
    "rightmost": "furthest to the right",
    "highest": "highest up",
    "lowest": "lowest down",
}

_IDENTIFICATION = (
    "What is the object that is {which}?",
    "Which object in this picture is {which}?",
    "Name the object that is {which}.",
    "What kind of thing is the one that is {which}?",
)
_IDENTIFICATION_AFTER = (
    "What would then be the object that is {which}?",
    "Which object would then be {which}?",
)
_ATTRIBUTE = (
    "What colour is {it}?",
    "Which colour does {it} have?",
    "Tell me the colour of {it}.",
    "What is the colour of {it} in this picture?",
)
_ATTRIBUTE_AFTER = ("What colour would {it} have then?", "Which colour would {it} then be?")
_SPATIAL = (
    "Where is {it} as seen from {other}?",
    "On which side of {other} is {it}?",
    "In which direction does {it} lie from {other}?",
    "Relative to {other}, where is {it}?",
)
_SPATIAL_AFTER = (
    "Where would {it} then be as seen from {other}?",
    "Relative to {other}, where would {it} then be?",
)
OTHER_FIRST = ("Relative to", "On which side of")
"""Openings of questions that name the other thing before the subject."""
_COUNT = (
    "How many {kinds} are there in the picture?",
    "Count the {kinds} in this image. How many are there?",
    "How many {kinds} can be seen here?",
    "Please count: how many {kinds} does this picture show?",
)
_COUNT_AFTER = ("How many {kinds} would there be then?", "How many {kinds} would one then count?")
_ACTION = (
    "What is {it} doing?",
    "Describe in a word or two what {it} is doing.",
    "What is {it} in this picture up to?",
    "Which activity is {it} engaged in?",
)


def question(query: Query, rng: random.Random) -> str:
    """The query as a question; ``read_question`` is the inverse."""
    return " ".join([*(suppose(edit, rng) for edit in query.edits), _question(query, rng, bool(query.edits))])


def _question(query: Query, rng: random.Random, after: bool) -> str:
    if query.task == "identification":
        which = SUPERLATIVE_PHRASES[query.subject.place] if query.subject.place else query.subject.color
        return rng.choice(_IDENTIFICATION_AFTER if after else _IDENTIFICATION).format(which=which)
    if query.task == "count":
        kinds = join_phrases([plural(kind) for kind in query.kinds])
        return rng.choice(_COUNT_AFTER if after else _COUNT).format(kinds=kinds)
    it, other = ref_phrase(query.subject), ref_phrase(query.other)
    if query.task == "attribute":
        return rng.choice(_ATTRIBUTE_AFTER if after else _ATTRIBUTE).format(it=it)
    if query.task == "spatial":
        return rng.choice(_SPATIAL_AFTER if after else _SPATIAL).format(it=it, other=other)
    return rng.choice(_ACTION).format(it=it)


def ref_phrase(ref: Ref) -> str:
    """``the car``, ``the red car``, ``the person in a red shirt``, ``the shirt of the person who is reading``."""
    if ref.kind != PERSON:
        return " ".join(word for word in ("the", ref.color, ref.kind) if word)
    if ref.action:
        return f"the shirt of the person who is {ACTION_PHRASES[ref.action]}"
    return f"the person in {article(ref.color)} shirt" if ref.color else "the person"
