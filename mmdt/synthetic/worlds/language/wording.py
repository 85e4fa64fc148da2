"""Words meanings as drawing requests in clean, varied English."""

from __future__ import annotations

import random
from collections.abc import Sequence

from mmdt.synthetic.worlds.language.meaning import Meaning, ObjectSpec
from mmdt.synthetic.worlds.language.vocabulary import (
    ACTION_PHRASES,
    RELATION_PHRASES,
    article,
    join_phrases,
    noun,
    number,
)
from mmdt.synthetic.worlds.sprites.library import PERSON

_REQUESTS = (
    "A picture of {things}.",
    "Draw {things}.",
    "Show me {things}.",
    "Please paint {things}.",
    "Create an image of {things}.",
    "An illustration of {things}.",
    "I would like to see {things}.",
    "Make a simple picture that shows {things}.",
    "Generate an image containing {things}.",
    "A colourful drawing of {things}.",
    "Please draw a clear picture of {things}.",
    "A scene with {things}.",
)


_THOUGHTS = (
    "Think of a picture of {things}.",
    "Picture to yourself {things}.",
    "Let there be {things}.",
    "Start from a scene with {things}.",
)
_RESULTS = (
    "Draw what there would be then.",
    "Show the result.",
    "Draw the scene after this change.",
    "Paint it as it would look then.",
)


def request(meaning: Meaning, rng: random.Random) -> str:
    """The meaning as a request for a picture; ``read_prompt`` is the inverse."""
    return _worded(meaning, rng, _REQUESTS)


def revised_request(meaning: Meaning, change: str, rng: random.Random) -> str:
    """A request for the scene after a change; ``change`` is a sentence that asks to imagine it."""
    return f"{_worded(meaning, rng, _THOUGHTS)} {change} {rng.choice(_RESULTS)}"


def _worded(meaning: Meaning, rng: random.Random, openings: Sequence[str]) -> str:
    things = join_phrases([part_phrase(part, rng) for part in meaning.parts])
    if meaning.absent:
        things += f", but without {join_phrases([article(kind) for kind in meaning.absent], 'or')}"
    sentences = [rng.choice(openings).format(things=things)]
    if meaning.links:
        kinds = meaning.kinds
        clauses = [
            f"the {kinds[link.one]} is {RELATION_PHRASES[link.relation]} the {kinds[link.other]}"
            for link in meaning.links
        ]
        text = join_phrases(clauses)
        sentences.append(f"{text[0].upper()}{text[1:]}.")
    if meaning.text:
        sentences.append(f'{rng.choice(("A sign", "A board", "A large sign"))} says "{meaning.text}".')
    return " ".join(sentences)


def part_phrase(part: ObjectSpec, rng: random.Random) -> str:
    """``three large red apples``, ``an apple that is red``, ``a person in a red shirt reading``."""
    words = [part.size] if part.size else []
    after = ""
    if part.kind == PERSON:
        after = f" in {article(part.color)} shirt" if part.color else ""
        after += f" {ACTION_PHRASES[part.action]}" if part.action else ""
    elif part.color and rng.random() < 0.25:
        after = f" that {'is' if part.count == 1 else 'are'} {part.color}"
    elif part.color:
        words.append(part.color)
    phrase = " ".join([*words, noun(part.kind, part.count)])
    return (article(phrase) if part.count == 1 else f"{number(part.count)} {phrase}") + after
