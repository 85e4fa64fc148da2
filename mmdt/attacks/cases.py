"""Make cases: behaviours dressed by one method after another."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence

from mmdt.attacks.attempt import Attempt, Method
from mmdt.attacks.behaviour import Behaviour
from mmdt.attacks.pictures.illustration import ILLUSTRATION
from mmdt.attacks.pictures.typography import TYPOGRAPHY
from mmdt.attacks.text.hypothetical import HYPOTHETICAL
from mmdt.attacks.text.plain import plain
from mmdt.attacks.text.prefix_injection import PREFIX_INJECTION
from mmdt.attacks.text.refusal_suppression import REFUSAL_SUPPRESSION
from mmdt.attacks.text.role_play import ROLE_PLAY
from mmdt.attacks.text.roundabout import ROUNDABOUT
from mmdt.core.case import Case
from mmdt.core.cell import Cell, Modality, slug
from mmdt.errors import UsageError

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
DRAWING = (ILLUSTRATION.name, TYPOGRAPHY.name)
WRAPPERS = frozenset(each.name for each in (ROLE_PLAY, HYPOTHETICAL, PREFIX_INJECTION, REFUSAL_SUPPRESSION))


def make_attempt(behaviour: Behaviour, modality: Modality, methods: Sequence[str] = (), *, seed: int = 0) -> Attempt:
    """The behaviour dressed by the methods in order; the same arguments always give the same attempt.

    Raises UsageError on an unknown method, one that does not fit the modality, or one that draws and is not first.
    """
    rng = _rng(seed, modality, behaviour.category, behaviour.text, *methods)
    attempt = plain(behaviour, modality, rng)
    for method in map(_method, methods):
        if modality not in method.modalities:
            fitting = ", ".join(name for name, each in METHODS.items() if modality in each.modalities)
            raise UsageError(f"the method {method.name!r} is not for {modality}", hint=f"use one of: {fitting}")
        if method.name in DRAWING and attempt.methods:
            hint = f"write {method.name} before {attempt.methods[-1]}"
            raise UsageError(f"the method {method.name!r} draws the request anew", hint=hint)
        attempt = method(attempt, rng)
    return attempt


def make_case(attempt: Attempt, perspective: str = "safety", scenario: str = "") -> Case:
    """An attempt as a case of ``perspective/modality/scenario/category``.

    The scenario follows from the methods unless given. Target: category, behaviour and methods. Raises UsageError
    where no scenario holds such cases.
    """
    name = scenario or scenario_of(attempt.modality, attempt.methods)
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


def scenario_of(modality: Modality, methods: Sequence[str]) -> str:
    """The scenario of ``safety`` that holds cases made by these methods: any wrapper makes a jailbreak."""
    if WRAPPERS.intersection(methods):
        return "jailbreak"
    if modality == "t2i":
        return "transformed" if ROUNDABOUT.name in methods else "vanilla"
    for name in DRAWING:
        if name in methods:
            return name
    hint = "put typography or illustration first, or name a scenario"
    raise UsageError("i2t cases of safety have a picture, and no method draws one", hint=hint)


def _method(name: str) -> Method:
    if name not in METHODS:
        raise UsageError(f"unknown method {name!r}", hint=f"use one of: {', '.join(METHODS)}")
    return METHODS[name]


def _rng(*parts: object) -> random.Random:
    """Randomness that depends on the parts alone, so that the order of behaviours changes nothing."""
    return random.Random(hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest())
