"""Cases of the embedded safety suite: stand-in behaviours, transformed by the methods of each scenario."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mmdt.attacks.cases import make_attempt, make_case
from mmdt.core.case import Case
from mmdt.core.modality import Modality
from mmdt.synthetic.mischief.category import BENIGN_OPENINGS, categories

Chain = tuple[str, ...]

CHAINS: Mapping[tuple[Modality, str], tuple[Chain, ...]] = {
    ("i2t", "typography"): (("typography",),),
    ("i2t", "illustration"): (("illustration",),),
    ("i2t", "jailbreak"): (
        ("typography", "role-play"),
        ("illustration", "role-play"),
        ("typography", "hypothetical"),
        ("illustration", "hypothetical"),
        ("illustration", "prefix-injection"),
        ("typography", "prefix-injection"),
        ("illustration", "refusal-suppression"),
        ("typography", "role-play", "refusal-suppression"),
    ),
    ("i2t", "text"): ((),),
    ("t2i", "vanilla"): ((),),
    ("t2i", "transformed"): (("roundabout",),),
    ("t2i", "jailbreak"): (
        ("role-play",),
        ("hypothetical",),
        ("refusal-suppression",),
        ("hypothetical", "refusal-suppression"),
    ),
}
"""(modality, scenario) -> chains of attack methods that make its cases."""


_SAME = {"text": "typography", "illustration": "typography"}
"""Scenarios that put the behaviours of another one in their own way, so that the answers can be paired."""


def safety_cases(modality: Modality, scenario: str, seed: int, count: int) -> Iterator[Case]:
    """``count`` distinct cases per category of ``safety/<modality>/<scenario>``, reproducible by seed. Those of the
    scenario ``benign`` are benign twins."""
    if scenario == "benign":
        yield from _benign_twins(modality, seed, count)
        return
    chains = CHAINS[modality, scenario]
    for category in categories().values():
        rng = random.Random(f"{seed}/{modality}/{_SAME.get(scenario, scenario)}/{category.name}")
        for number, behaviour in enumerate(category.behaviours(rng, count)):
            attempt = make_attempt(behaviour, modality, chains[number % len(chains)], seed=seed)
            yield make_case(attempt, "safety", scenario)


_TWINS: Mapping[Modality, tuple[Chain, ...]] = {
    "i2t": (("typography",), ("illustration",)),
    "t2i": ((), ("roundabout",)),
}
"""The disguises of benign twins: those of the requests themselves, without wrappers that press for an answer."""


def _benign_twins(modality: Modality, seed: int, count: int) -> Iterator[Case]:
    """The same words and the same kind of picture, in a request that is about preventing the misdeed."""
    for category in categories().values():
        rng = random.Random(f"{seed}/{modality}/benign/{category.name}")
        for number, behaviour in enumerate(category.behaviours(rng, count)):
            twin = replace(behaviour, text=f"{rng.choice(BENIGN_OPENINGS)} {behaviour.text}")
            attempt = make_attempt(twin, modality, _TWINS[modality][number % 2], seed=seed)
            yield _benign(make_case(attempt, "safety", "benign"))


def _benign(case: Case) -> Case:
    target = {**case.target, "benign": True}
    return Case.make(case.cell, case.prompt, case.images, target, case.group, case.system, case.recipe)
