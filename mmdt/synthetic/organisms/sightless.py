"""Organisms that answer without looking: what they reach is what a headline can be won with blindly.

``blind`` answers from the question and from habit, ``shotgun`` says every label there is, ``silent`` does not know,
``yes`` agrees, and ``first`` says yes to the first of two questions and no to the second. None of them decodes a
picture. Asked to draw, ``shotgun`` draws one of everything and the others a grey square, whatever the request says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from mmdt.core.image import Image
from mmdt.core.modality import Modality
from mmdt.core.output import Output
from mmdt.synthetic.documents.cases import ETHNICITIES
from mmdt.synthetic.organisms.rates import RateTable
from mmdt.synthetic.organisms.skill import Skill, Turn
from mmdt.synthetic.organisms.world_habits import companions
from mmdt.synthetic.streets.places import places
from mmdt.synthetic.worlds.language.notices import SET_PHRASES
from mmdt.synthetic.worlds.language.queries import Query
from mmdt.synthetic.worlds.language.question_reader import claimed_answer, is_inventory, read_question
from mmdt.synthetic.worlds.language.vocabulary import ACTION_PHRASES, KINDS, USUAL_COLORS
from mmdt.synthetic.worlds.scene_questions import LABELS
from mmdt.synthetic.worlds.statistics import USUAL_NUMBERS, USUAL_PLACES

SIDE = 256
"""Of a drawn picture, in pixels."""
_WRITTEN = re.compile(r"\b(?:written|sign|text|words)\b", re.IGNORECASE)
_PAIR = re.compile(r"\s*Is the (\w+) (\w+)\? Is the \1 (\w+)\?")
_WHERE = re.compile(r"find out its (?P<what>country|state or province|city|zip code)", re.IGNORECASE)
_PERSON = re.compile(r"\bage and the ethnicity\b", re.IGNORECASE)
Reply = Callable[[Turn], str]


@dataclass(frozen=True)
class SightlessReply:
    """Answers every question about a picture in one way, from its text."""

    reply: Reply
    modality: Modality = "i2t"

    def answer(self, turn: Turn) -> Output | None:
        return Output.answered(self.reply(turn))

    def truth(self, table: RateTable) -> Mapping[str, Mapping[str, float]]:
        """Nothing is planted: what it reaches is measured."""
        return {}


@dataclass(frozen=True)
class SightlessPicture:
    """Draws the same picture, whatever is requested."""

    picture: Callable[[], Image]
    modality: Modality = "t2i"

    def answer(self, turn: Turn) -> Output | None:
        return Output.answered(images=(self.picture(),))

    def truth(self, table: RateTable) -> Mapping[str, Mapping[str, float]]:
        return {}


def _habit(turn: Turn) -> str:
    """What the question suggests, else what is usual, else any label."""
    prompt, rng = turn.request.prompt, turn.rng
    if is_inventory(prompt) or prompt.startswith("What can be seen"):
        kinds = rng.sample(KINDS, 2)
        return f"I see a {kinds[0]} and a {companions(kinds[:1])[0] if companions(kinds[:1]) else kinds[1]}."
    place = _WHERE.search(prompt)
    if place:
        return f"My guess: {_commonest(place['what'].lower())}."
    if _PERSON.search(prompt):
        return json.dumps({"age": 25, "ethnicity": ETHNICITIES[0]})
    pair = _PAIR.match(prompt)
    if pair:
        return f"The {pair[1]} is {rng.choice(pair.groups()[1:])}."
    parsed = read_question(prompt)
    if parsed.query is None:
        return f"It says {rng.choice(SET_PHRASES)[1]}." if _WRITTEN.search(prompt) else "There is no such thing."
    claimed = claimed_answer(parsed.query, parsed.claims[0]) if parsed.claims else None
    return _worded(parsed.query, claimed or _usual(parsed.query) or rng.choice(LABELS[parsed.query.task]))


def _usual(query: Query) -> str | None:
    kind = query.subject.kind
    named = {"attribute": USUAL_COLORS.get(kind), "spatial": USUAL_PLACES.get(kind)}
    if query.task == "count":
        numbers = [USUAL_NUMBERS.get(each, 2) + sum(edit.count for edit in query.edits) for each in query.kinds]
        return ", ".join(f"{number} {kind}" for number, kind in zip(numbers, query.kinds, strict=True))
    edits = [edit.color for edit in query.edits if edit.color]
    return edits[0] if edits and query.task == "attribute" else named.get(query.task)


def _worded(query: Query, said: object) -> str:
    if isinstance(said, Mapping):
        return ", ".join(f"{number} {kind}" for kind, number in said.items()) + "."
    word = str(said)
    return f"{ACTION_PHRASES.get(word, word)}.".capitalize()


def _commonest(what: str) -> str:
    """The most frequent name among the embedded places."""
    key = {"state or province": "state", "zip code": "zip"}.get(what, what)
    names = [place.label(key) for place in places() if place.label(key)]
    return max(sorted(set(names)), key=names.count)


def _everything(turn: Turn) -> str:
    """Every label that an answer could be."""
    prompt = turn.request.prompt
    place = _WHERE.search(prompt)
    if place:
        key = {"state or province": "state", "zip code": "zip"}.get(place["what"].lower(), place["what"].lower())
        return ", ".join(dict.fromkeys(each.label(key) for each in places() if each.label(key)))
    query = read_question(prompt).query
    if query is not None and query.task == "count":
        return "; ".join(f"{kind}: 1, 2, 3, 4, 5, 6" for kind in query.kinds)
    if query is not None:
        return ", ".join(ACTION_PHRASES.get(label, label) for label in LABELS[query.task]) + "."
    pair = _PAIR.match(prompt)
    if pair:
        return f"The {pair[1]} is {pair[2]}. The {pair[1]} is {pair[3]}."
    if _PERSON.search(prompt):
        return json.dumps({"age": "18 to 90", "ethnicity": ", ".join(ETHNICITIES)})
    if _WRITTEN.search(prompt):
        return ", ".join([*(kind.upper() for kind in KINDS), *(phrase for both in SET_PHRASES for phrase in both)])
    if prompt.startswith("Where is"):
        return ", ".join(LABELS["spatial"])
    return ", ".join(KINDS) + "."


REPLIES: Mapping[str, Reply] = {
    "blind": _habit,
    "shotgun": _everything,
    "silent": lambda turn: "I do not know.",
    "yes": lambda turn: "Yes.",
    "first": lambda turn: "Yes. No.",
}
"""Name -> how it answers."""


@cache
def _grey() -> Image:
    from PIL import Image as Pil

    return Image.from_pil(Pil.new("RGB", (SIDE, SIDE), (128, 128, 128)))


@cache
def _one_of_everything() -> Image:
    import random

    from mmdt.synthetic.worlds.arrangement import UnplacedThing
    from mmdt.synthetic.worlds.palette import COLORS
    from mmdt.synthetic.worlds.render import render
    from mmdt.synthetic.worlds.scene import Scene, Thing

    colors, side = list(COLORS), 5
    what = [UnplacedThing(kind, colors[place % len(colors)]) for place, kind in enumerate(KINDS)]
    random.Random(0).shuffle(what)
    things = tuple(
        Thing(each.kind, each.color, (place % side + 0.5) / side, (place // side + 0.5) / side, 0.15)
        for place, each in enumerate(what)
    )
    return Image.from_pil(render(Scene(things), 512))


def sightless(name: str) -> tuple[Skill, ...]:
    """The skills of an organism that does not look. Raises KeyError for an unknown name."""
    return SightlessReply(REPLIES[name]), SightlessPicture(_one_of_everything if name == "shotgun" else _grey)
