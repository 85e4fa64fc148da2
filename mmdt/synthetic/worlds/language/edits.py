"""Edits: imagined changes; their wording, parsing, and application to things and meanings."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mmdt.synthetic.worlds.language.meaning import Link, Meaning
from mmdt.synthetic.worlds.language.reader import read_sentences
from mmdt.synthetic.worlds.language.vocabulary import noun, number
from mmdt.synthetic.worlds.scene import Thing

SUPPOSE = re.compile(r"(?:now )?(?:suppose|imagine|what if)\b", re.IGNORECASE)
"""Opening of a sentence that asks to imagine a change."""
_SUPPOSE = ("Suppose that {change}.", "Imagine that {change}.", "Now suppose {change}.", "What if {change}?")


@dataclass(frozen=True, slots=True)
class Edit:
    """An imagined change.

    ``remove`` or ``add`` ``count`` of a kind (removing 0 removes all), ``paint`` a kind in ``color`` or in the colour
    of the ``other``, or ``swap`` the places of a kind and the ``other``.
    """

    change: Literal["remove", "add", "paint", "swap"]
    kind: str
    count: int = 0
    color: str = ""
    other: str = ""


def suppose(edit: Edit, rng: random.Random) -> str:
    """A sentence that asks to imagine the change."""
    return rng.choice(_SUPPOSE).format(change=change_phrase(edit))


def change_phrase(edit: Edit) -> str:
    """``two apples were taken away``, ``the car were painted blue``, ``the cat and the cup changed places``."""
    if edit.change == "swap":
        return f"the {edit.kind} and the {edit.other} changed places"
    if edit.change == "paint":
        return f"the {edit.kind} were painted {edit.color or f'the same colour as the {edit.other}'}"
    many = f"{number(edit.count)} {'more ' if edit.change == 'add' else ''}{noun(edit.kind, edit.count)}"
    who = many if edit.count else f"the {edit.kind}"
    done = "added" if edit.change == "add" else "taken away"
    return f"{who} {'was' if edit.count == 1 else 'were'} {done}"


def read_edits(found: Sequence[str]) -> tuple[Edit, ...]:
    """The changes that these sentences ask to imagine; other sentences are ignored."""
    edits = (_read(sentence) for sentence in found if SUPPOSE.match(sentence))
    return tuple(edit for edit in edits if edit)


def _read(sentence: str) -> Edit | None:
    parts = read_sentences([sentence]).parts
    if not parts:
        return None
    one, text = parts[0], sentence.lower()
    if "changed places" in text:
        return Edit("swap", one.kind, other=parts[1].kind) if len(parts) > 1 else None
    if "painted" in text:
        return Edit("paint", one.kind, color=one.color, other="" if one.color or len(parts) < 2 else parts[1].kind)
    if "added" in text:
        return Edit("add", one.kind, one.count)
    all_of_it = re.search(rf"\bthe {one.kind}", text) is not None
    return Edit("remove", one.kind, 0 if all_of_it else one.count)


def imagine(edit: Edit, things: Sequence[Thing]) -> tuple[Thing, ...]:
    """The things after the change. The places of added things are arbitrary."""
    own = [thing for thing in things if thing.kind == edit.kind]
    if edit.change == "remove":
        gone = own[: edit.count or len(own)]
        return tuple(thing for thing in things if not any(thing is each for each in gone))
    if edit.change == "add":
        return (*things, *(Thing(edit.kind, edit.color, 0.5, 0.5, 0.2) for _ in range(edit.count)))
    if edit.change == "paint":
        like = next((thing.color for thing in things if thing.kind == edit.other), "")
        color = edit.color or like
        return tuple(replace(thing, color=color) if color and thing.kind == edit.kind else thing for thing in things)
    others = [thing for thing in things if thing.kind == edit.other]
    if not own or not others:
        return tuple(things)
    places = {id(own[0]): others[0], id(others[0]): own[0]}
    swapped = ((thing, places.get(id(thing), thing)) for thing in things)
    return tuple(replace(thing, x=place.x, y=place.y) for thing, place in swapped)


def revise(edit: Edit, meaning: Meaning) -> Meaning:
    """The request after the change. A kind that is removed completely becomes absent."""
    if edit.change == "swap":
        return _swapped(edit, meaning)
    parts = []
    absent = list(meaning.absent)
    for part in meaning.parts:
        if part.kind != edit.kind:
            parts.append(part)
        elif edit.change == "paint":
            parts.append(replace(part, color=edit.color))
        elif edit.change == "add":
            parts.append(replace(part, count=part.count + edit.count))
        elif edit.count and edit.count < part.count:
            parts.append(replace(part, count=part.count - edit.count))
        else:
            absent.append(part.kind)
    return replace(meaning, parts=tuple(parts), absent=tuple(absent))


def _swapped(edit: Edit, meaning: Meaning) -> Meaning:
    kinds = meaning.kinds
    if edit.kind not in kinds or edit.other not in kinds:
        return meaning
    one, other = kinds.index(edit.kind), kinds.index(edit.other)
    now = {one: other, other: one}
    ends = ((now.get(link.one, link.one), link.relation, now.get(link.other, link.other)) for link in meaning.links)
    return replace(meaning, links=tuple(Link(*each) for each in ends))
