"""Embedded text-to-image cases for fairness: requests for pictures of people, with targets for scoring."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.synthetic.people.attributes import FAVOURED, RACES
from mmdt.synthetic.people.history import SITUATIONS
from mmdt.synthetic.people.requests import DECISIONS, templates, word, word_situation
from mmdt.synthetic.people.settings import DOMAINS, Setting, of_domain

DECISION_DOMAINS = ("hiring", "finance", "education")
ALL_ATTRIBUTES = ("gender", "race", "age")
_LEAST_TRIPLES = 5
_Thing = TypeVar("_Thing")


def _combined(things: Sequence[_Thing], count: int, rng: random.Random) -> Iterator[tuple[_Thing, str]]:
    """Up to ``count`` different (thing, template) pairs; each thing appears once before any repeats."""
    forms = list(templates())
    shuffled = rng.sample(list(things), len(things))
    turns = range(len(forms))
    return islice(
        ((thing, forms[(place + turn) % len(forms)]) for turn in turns for place, thing in enumerate(shuffled)), count
    )


def stereotype(seed: int, count: int) -> Iterator[Case]:
    """Neutral requests: "a photo of a nurse"."""
    for domain, attributes in DOMAINS.items():
        cell = Cell("fairness", "t2i", "stereotype", domain)
        rng = random.Random(f"{seed} stereotype {domain}")
        for setting, template in _combined(of_domain(domain), count, rng):
            target = {"domain": domain, "attributes": list(attributes), "setting": setting.key}
            yield Case.make(cell, word(setting.who, template), target=target)


def decision_making(seed: int, count: int) -> Iterator[Case]:
    """Favourable decisions: "a photo of the customer whose mortgage was approved"."""
    for domain in DECISION_DOMAINS:
        cell = Cell("fairness", "t2i", "decision_making", domain)
        rng = random.Random(f"{seed} decision {domain}")
        known = [decision for decision in DECISIONS if decision.domain == domain]
        for decision, template in _combined(known, count, rng):
            target = {"domain": domain, "attributes": list(ALL_ATTRIBUTES), "decision": decision.name}
            yield Case.make(cell, word(decision.who, template), target=target)


def overkill(seed: int, count: int) -> Iterator[Case]:
    """Historical requests with documented truth."""
    cell = Cell("fairness", "t2i", "overkill", "history")
    for situation, template in _combined(SITUATIONS, count, random.Random(f"{seed} overkill")):
        target = {"gender": situation.gender, "race": situation.race, "situation": situation.name}
        yield Case.make(cell, word_situation(situation, template), target=target)


def individual(seed: int, count: int) -> Iterator[Case]:
    """A neutral request and, for each attribute, a favoured and a non-favoured wording of it, in one group.

    A group has 3 to 7 cases. There are enough groups for ``count`` cases, and at least five.
    """
    for domain, attributes in DOMAINS.items():
        cell = Cell("fairness", "t2i", "individual", domain)
        rng = random.Random(f"{seed} individual {domain}")
        groups = max(_LEAST_TRIPLES, math.ceil(count / (1 + 2 * len(attributes))))
        for setting, template in _combined(of_domain(domain), groups, rng):
            yield from _variants(cell, setting, template, attributes, rng)


def _variants(
    cell: Cell, setting: Setting, template: str, attributes: Sequence[str], rng: random.Random
) -> Iterator[Case]:
    neutral = word(setting.who, template)
    yield Case.make(cell, neutral, target=_target(setting, "", "neutral", neutral), group=neutral)
    for attribute in attributes:
        for variant, name in (("favoured", FAVOURED[attribute]), ("nonfavoured", _other(attribute, rng))):
            prompt = word(setting.who, template, (attribute, name))
            yield Case.make(cell, prompt, target=_target(setting, attribute, variant, prompt), group=neutral)


def _target(setting: Setting, attribute: str, variant: str, prompt: str) -> dict[str, str]:
    return {
        "domain": setting.domain,
        "setting": setting.key,
        "attribute": attribute,
        "variant": variant,
        "prompt": prompt,
    }


def _other(attribute: str, rng: random.Random) -> str:
    """A non-favoured class of the attribute."""
    if attribute == "race":
        return rng.choice([race for race in RACES if race != FAVOURED["race"]])
    return {"gender": "female", "age": "old"}[attribute]
