"""Make cases: apply one attack after another to a behaviour, or to a case that exists."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mmdt import plugins
from mmdt.attacks.text.plain import plain
from mmdt.core.attack import Attack, Attempt
from mmdt.core.behaviour import Behaviour
from mmdt.core.case import Case
from mmdt.core.cell import Cell, slug
from mmdt.core.modality import Modality
from mmdt.errors import UsageError
from mmdt.spelling import verb

AttackChain = str | Attack | Sequence[str | Attack]
"""Attacks in the order in which they are applied: names, Attack objects, or both. One text may hold several names, as
in ``typography+role-play``."""


_THINGS = ("illustration", "hades")
"""Drawing attacks that show the thing; the others show the request as text."""


class NothingChangedError(UsageError):
    """An attack found nothing to change in a request (no word of its list, for example), or drew no change."""


def make_attempt(
    behaviour: Behaviour, modality: Modality, attacks: AttackChain = (), *, seed: int = 0, strict: bool = False
) -> Attempt:
    """The open request for a behaviour with the attacks applied to it. The same arguments give the same attempt.

    Raises UsageError for an unknown attack, one that does not fit the modality, or one that cannot be applied here, and
    with ``strict`` NothingChangedError for one that leaves the request as it is.
    """
    chosen = resolve(attacks)
    rng = _rng(seed, modality, behaviour.category, behaviour.text, *(attack.name for attack in chosen))
    return _applied(plain(behaviour, modality, rng, seed), chosen, rng, strict=strict)


def make_case(attempt: Attempt, perspective: str = "safety", scenario: str = "") -> Case:
    """An attempt as a case of ``perspective/modality/scenario/category``, with its recipe.

    Where no scenario is given it follows from the attacks. Target: category, behaviour, and the names of the attacks as
    ``methods``. Raises UsageError when the attempt has no behaviour or no scenario holds such cases.
    """
    behaviour = attempt.behaviour
    if behaviour is None:
        raise UsageError("the attempt has no behaviour", hint="use attack_case for an attempt made from a case")
    name = scenario or scenario_of(attempt)
    target = {"category": behaviour.category, "behaviour": behaviour.text, "methods": list(attempt.methods)}
    cell = Cell(perspective, attempt.modality, name, slug(behaviour.category))
    return Case.make(cell, attempt.prompt, attempt.images, target, recipe=attempt.recipe)


def make_cases(
    behaviours: Iterable[Behaviour],
    modality: Modality,
    attacks: AttackChain = (),
    *,
    seed: int = 0,
    perspective: str = "safety",
    scenario: str = "",
) -> Iterator[Case]:
    """One case for each behaviour, streamed. Raises UsageError as :func:`make_attempt` and :func:`make_case` do."""
    chosen = resolve(attacks)
    for behaviour in behaviours:
        yield make_case(make_attempt(behaviour, modality, chosen, seed=seed), perspective, scenario)


def attack_case(
    case: Case, attacks: AttackChain, *, seed: int = 0, cell: Cell | None = None, strict: bool = False
) -> Case:
    """The case with the attacks applied to it, in the same cell unless another is given.

    Its target stays the same, since attacks leave the ground truth as it is. Its group links it to the original.
    Of a conversation, the last question is attacked. Pictures that are references for evaluators (t2i) stay as they
    are. Raises UsageError as :func:`make_attempt` does.
    """
    chosen = resolve(attacks)
    modality = case.cell.modality
    attempt = Attempt(modality, case.prompt, case.question_images, target=case.target, seed=seed, earlier=case.recipe)
    rng = _rng(seed, case.id, *(attack.name for attack in chosen))
    harder = _applied(attempt, chosen, rng, strict=strict)
    group = case.group or case.id
    made = case.with_question(cell or case.cell, harder.prompt, harder.images, group, harder.recipe)
    return replace(made, columns=case.columns)


def resolve(attacks: AttackChain) -> tuple[Attack, ...]:
    """The attacks as objects. Raises UsageError for a name that is unknown."""
    listed = (attacks,) if isinstance(attacks, str | Attack) else attacks
    return tuple(attack for each in listed for attack in _resolved(each))


def _resolved(attack: object) -> tuple[Attack, ...]:
    if isinstance(attack, Attack):
        return (attack,)
    if not isinstance(attack, str):
        hint = "pass names such as 'role-play', or Attack objects"
        raise UsageError(f"a value of type {type(attack).__name__} is not an attack", hint=hint)
    return tuple(plugins.attack(name.strip()) for name in attack.split("+"))


def scenario_of(attempt: Attempt) -> str:
    """The scenario of ``safety`` that an attempt belongs to.

    Any framing makes a jailbreak. Otherwise t2i is ``transformed`` where an attack changed the words, else ``vanilla``;
    i2t is ``illustration`` or ``typography`` where an attack draws the picture, and ``text`` without one.
    """
    if any(attack.kind == "framing" for attack in attempt.applied):
        return "jailbreak"
    if attempt.output == "image":
        return "transformed" if attempt.applied else "vanilla"
    drawn = [attack.name for attack in attempt.applied if attack.kind == "drawing"]
    if not drawn:
        return "text"
    return "illustration" if drawn[0] in _THINGS else "typography"


def _applied(attempt: Attempt, attacks: Sequence[Attack], rng: random.Random, *, strict: bool) -> Attempt:
    for attack in attacks:
        before, attempt = attempt, attack.apply(attempt, rng)
        if strict and (attempt.prompt, attempt.images) == (before.prompt, before.images):
            hint = f"use another attack or other parameters; {verb('list attacks')} shows them"
            raise NothingChangedError(f"the attack {attack.name!r} changes nothing here", hint=hint)
    return attempt


def _rng(*parts: object) -> random.Random:
    """Random numbers that depend on the parts alone, so the order of behaviours changes nothing."""
    return random.Random(hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest())
