"""Attack: one way to make a case harder. Attempt: a request while attacks are applied to it.

A user passes attacks to ``mmdt.attacks`` by name or as objects; both kinds follow the protocol of this module.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from mmdt.core.behaviour import Behaviour
from mmdt.core.image import Image
from mmdt.core.modality import Medium, Modality, flow
from mmdt.core.recipe import Recipe, Step
from mmdt.errors import UsageError
from mmdt.spelling import verb

I2T: frozenset[Modality] = frozenset({"i2t"})
T2I: frozenset[Modality] = frozenset({"t2i"})
BOTH: frozenset[Modality] = I2T | T2I

Access = Literal["black", "grey", "white"]
"""What an attack needs of a model when it makes a case: nothing (``black``), scores or answers of a surrogate
(``grey``), or gradients of a surrogate (``white``)."""

AttackKind = Literal["drawing", "framing", "wording", "picture"]
"""``drawing``: moves the request into a new picture, so it comes first. ``framing``: surrounds the request with words
that press the model to comply. ``wording``: changes the words of the prompt. ``picture``: changes the pictures."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request while attacks are applied to it.

    ``images`` are what the model sees (none for t2i). ``behaviour`` is what the request is about, for requests made
    from one; ``target`` is the target of the case, for requests made from one (``origin``: what is there, ``label``:
    what the attack wants the model to see). ``applied`` are the attacks so far, ``earlier`` the recipe that the case
    already had, and ``seed`` decides all random numbers.
    """

    modality: Modality
    prompt: str
    images: tuple[Image, ...] = ()
    behaviour: Behaviour | None = None
    target: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    applied: tuple[Attack, ...] = ()
    earlier: Recipe = ()

    @property
    def output(self) -> Medium:
        """What the model is to make: text or a picture."""
        return flow(self.modality).output

    @property
    def methods(self) -> tuple[str, ...]:
        """The names of the attacks applied so far, in order."""
        return tuple(attack.name for attack in self.applied)

    @property
    def recipe(self) -> Recipe:
        """One step for each attack: name, parameters and seed."""
        steps = (Step(attack.name, attack.recorded_parameters, self.seed) for attack in self.applied)
        return (*self.earlier, *steps)

    def with_prompt(self, prompt: str) -> Attempt:
        """The same attempt with another prompt."""
        return replace(self, prompt=prompt)

    def with_images(self, *images: Image) -> Attempt:
        """The same attempt with these pictures in place of its own."""
        return replace(self, images=images)


AttackFunction = Callable[..., Attempt]
"""``change(attempt, rng, **parameters)`` returns the harder attempt; ``rng`` is a ``random.Random``."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to make a case harder while its ground truth stays true.

    ``change`` does the work. It is called as ``change(attempt, rng, **parameters)`` and must take all its randomness
    from ``rng``; it raises UsageError when it cannot be applied. ``parameters`` holds their default values (JSON
    values or Images). ``about`` says in one line what the attack does, ``source`` names the paper it follows, ``cost``
    what one case costs, and ``constraint`` what stays as it was, so that the ground truth still holds.
    """

    name: str
    modalities: frozenset[Modality]
    change: AttackFunction
    about: str
    kind: AttackKind = "wording"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    access: Access = "black"
    source: str = ""
    cost: str = "no model is asked"
    constraint: str = ""

    def apply(self, attempt: Attempt, rng: random.Random) -> Attempt:
        """The harder attempt, with this attack added to its recipe.

        Raises UsageError when the attack does not fit the attempt.
        """
        if not self.fits(attempt.modality):
            hint = f"it is for {' and '.join(sorted(self.modalities))}; {verb('list attacks')} shows the others"
            raise UsageError(f"the attack {self.name!r} is not for {attempt.modality}", hint=hint)
        if self.kind == "drawing" and attempt.applied:
            first = attempt.applied[0]
            hint = f"use either {first.name} or {self.name}" if first.kind == "drawing" else f"put {self.name} first"
            raise UsageError(f"the attack {self.name!r} replaces the prompt and the picture", hint=hint)
        if self.kind != "picture" and not attempt.prompt.strip():
            what = f"the attack {self.name!r} needs a request in words, and the prompt is empty"
            raise UsageError(what, hint="fill in the prompt")
        changed: Any = self.change(attempt, rng, **self.parameters)
        if not isinstance(changed, Attempt):
            what = f"the attack {self.name!r} returned {type(changed).__name__}, not an Attempt"
            raise UsageError(what, hint="return attempt.with_prompt(...) or attempt.with_images(...)")
        made: Attempt = replace(changed, applied=(*attempt.applied, self))
        return made

    def fits(self, modality: Modality) -> bool:
        """Whether it can be applied to requests of this modality.

        What changes words fits every modality with the output of a declared one, so an attack for i2t fits t2t; what
        draws or changes pictures fits those among them that send pictures.
        """
        wanted = flow(modality)
        if self.kind in ("drawing", "picture") and not wanted.sends_images:
            return False
        return any(flow(each).output == wanted.output for each in self.modalities)

    def with_parameters(self, **changes: Any) -> Attack:
        """The same attack with other values. Raises UsageError for a parameter that it does not have."""
        unknown = [name for name in changes if name not in self.parameters]
        if unknown:
            hint = f"use {', '.join(self.parameters)}" if self.parameters else "it has no parameters"
            raise UsageError(f"the attack {self.name!r} has no parameter {unknown[0]!r}", hint=hint)
        return replace(self, parameters={**self.parameters, **changes})

    @property
    def recorded_parameters(self) -> dict[str, Any]:
        """The parameters as JSON values: a picture is recorded by the SHA-256 of its bytes."""
        return {name: _recorded(value) for name, value in self.parameters.items()}


def _recorded(value: Any) -> Any:
    if isinstance(value, Image):
        return f"sha256:{value.digest}"
    return list(value) if isinstance(value, tuple) else value
