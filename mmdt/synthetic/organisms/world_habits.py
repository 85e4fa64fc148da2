"""Mistakes of organisms about worlds: they say and draw what is usual instead of what is there or asked for."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from mmdt.synthetic.worlds.language.meaning import Link, Meaning
from mmdt.synthetic.worlds.language.queries import Answer, Query, point
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS, USUAL_COLORS
from mmdt.synthetic.worlds.scene import OPPOSITE, Thing
from mmdt.synthetic.worlds.scene_questions import MAX_COUNT
from mmdt.synthetic.worlds.sprites.library import ACTIONS
from mmdt.synthetic.worlds.statistics import USUAL_COMPANIONS, USUAL_NUMBERS, USUAL_PLACES, pairs


def companions(kinds: Collection[str]) -> list[str]:
    """Kinds that usually appear, or once did, together with these kinds, without these kinds."""
    known = (*pairs("high"), *pairs("historical"))
    found = {other for pair in known for one, other in (pair, pair[::-1]) if one in kinds}
    return [kind for kind in KINDS if kind in found and kind not in kinds]


def usual_answer(query: Query, truth: Answer, things: Sequence[Thing], rng: random.Random) -> Answer:
    """The answer that habit suggests; never the true one."""
    if isinstance(truth, Mapping):
        return {kind: usual_number(kind, count) for kind, count in truth.items()}
    subject = point(query.subject, things)
    kind = subject.kind if subject else ""
    if query.task == "attribute":
        return usual_color(kind, str(truth), rng)
    if query.task == "spatial":
        usual = USUAL_PLACES.get(query.subject.kind)
        return usual if usual and usual != truth else OPPOSITE[str(truth)]
    if query.task == "action":
        there = {thing.kind for thing in things}
        usual_actions = [does for does, companion in USUAL_COMPANIONS.items() if companion in there and does != truth]
        return usual_actions[0] if usual_actions else rng.choice([action for action in ACTIONS if action != truth])
    return rng.choice(companions({str(truth)}) or [kind for kind in KINDS if kind != truth])


def usual_color(kind: str, truth: str, rng: random.Random) -> str:
    """The kind's usual colour, or any other colour if the usual one is the truth."""
    usual = USUAL_COLORS.get(kind, truth)
    return usual if usual != truth else rng.choice([color for color in COLOR_NAMES if color != truth])


def usual_number(kind: str, truth: int) -> int:
    """The usual number of a kind, or a number off by one if the usual one is the truth."""
    usual = USUAL_NUMBERS.get(kind, truth)
    if usual != truth:
        return usual
    return truth + 1 if truth < MAX_COUNT else truth - 1


def usual_objects(meaning: Meaning, rng: random.Random) -> Meaning:
    """The request with every kind replaced by one that usually appears with the requested kinds."""
    found = companions(set(meaning.kinds))
    kinds = rng.sample(found, len(found)) + rng.sample(KINDS, len(KINDS))
    fresh = [kind for kind in dict.fromkeys(kinds) if kind not in meaning.kinds]
    return Meaning(tuple(replace(part, kind=kind) for part, kind in zip(meaning.parts, fresh, strict=False)))


def usual_colors(meaning: Meaning, rng: random.Random) -> Meaning:
    """Everything in its usual colour, or in another one if the usual colour is requested."""
    parts = (replace(part, color=usual_color(part.kind, part.color, rng)) for part in meaning.parts)
    return replace(meaning, parts=tuple(parts))


def usual_counts(meaning: Meaning) -> Meaning:
    """The usual number of everything, or a number off by one."""
    parts = (replace(part, count=usual_number(part.kind, part.count)) for part in meaning.parts)
    return replace(meaning, parts=tuple(parts))


def mirror_relations(meaning: Meaning) -> Meaning:
    """Every relation reversed."""
    links = (Link(link.one, OPPOSITE[link.relation], link.other) for link in meaning.links)
    return replace(meaning, links=tuple(links))


def swap_sizes(meaning: Meaning) -> Meaning:
    """Large and small exchanged."""
    other = {"large": "small", "small": "large", "": ""}
    return replace(meaning, parts=tuple(replace(part, size=other[part.size]) for part in meaning.parts))
