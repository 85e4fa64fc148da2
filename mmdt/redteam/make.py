"""Make cases: behaviours dressed by one method after another."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence

from mmdt.core.case import Case
from mmdt.core.cell import Cell, Modality, slug
from mmdt.errors import UsageError
from mmdt.redteam.attempt import Attempt, Method
from mmdt.redteam.behaviour import Behaviour
from mmdt.redteam.hypothetical import HYPOTHETICAL
from mmdt.redteam.illustration import ILLUSTRATION
from mmdt.redteam.plain import plain
from mmdt.redteam.prefix_injection import PREFIX_INJECTION
from mmdt.redteam.refusal_suppression import REFUSAL_SUPPRESSION
from mmdt.redteam.role_play import ROLE_PLAY
from mmdt.redteam.roundabout import ROUNDABOUT
from mmdt.redteam.typography import TYPOGRAPHY

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        TYPOGRAPHY,
        ILLUSTRATION,
        ROUNDABOUT,
        ROLE_PLAY,
        HYPOTHETICAL,
        PREFIX_INJECTION,
        REFUSAL_SUPPRESSION,
    )
}
"""Every method by name. Methods that draw a picture come first in a chain, wrappers after them."""


def make_attempt(behaviour: Behaviour, modality: Modality, methods: Sequence[str] = (), *, seed: int = 0) -> Attempt:
    """The behaviour dressed by the methods in order; the same arguments always give the same attempt.

    Raises UsageError on an unknown method or one that does not fit the modality.
    """
    rng = _rng(seed, modality, behaviour.category, behaviour.text, *methods)
    attempt = plain(behaviour, modality, rng)
    for method in map(_method, methods):
        if modality not in method.modalities:
            fitting = ", ".join(name for name, each in METHODS.items() if modality in each.modalities)
            raise UsageError(f"the method {method.name!r} is not for {modality}", cure=f"use one of: {fitting}")
        attempt = method(attempt, rng)
    return attempt


def make_case(attempt: Attempt, perspective: str = "safety", scenario: str = "") -> Case:
    """An attempt as a case of ``perspective/modality/scenario/category``.

    The scenario is named after the methods unless given. Target: category, behaviour and methods.
    """
    name = scenario or "+".join(attempt.methods) or "plain"
    behaviour = attempt.behaviour
    target = {"category": behaviour.category, "behaviour": behaviour.text, "methods": list(attempt.methods)}
    cell = Cell(perspective, attempt.modality, name, slug(behaviour.category))
    return Case.make(cell, attempt.prompt, attempt.images, target)


def make_cases(
    behaviours: Iterable[Behaviour],
    modality: Modality,
    methods: Sequence[str] = (),
    *,
    seed: int = 0,
    perspective: str = "safety",
    scenario: str = "",
) -> Iterator[Case]:
    """One case a behaviour, streamed. Raises as :func:`make_attempt` does."""
    for behaviour in behaviours:
        yield make_case(make_attempt(behaviour, modality, methods, seed=seed), perspective, scenario)


def _method(name: str) -> Method:
    if name not in METHODS:
        raise UsageError(f"unknown method {name!r}", cure=f"use one of: {', '.join(METHODS)}")
    return METHODS[name]


def _rng(*parts: object) -> random.Random:
    """Randomness that depends on the parts alone, so that the order of behaviours changes nothing."""
    return random.Random(hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest())
