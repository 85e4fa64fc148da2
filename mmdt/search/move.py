"""Move: one way to ask for a behaviour. Space: all the ways that a search may choose from."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from mmdt import plugins
from mmdt.attacks.cases import make_attempt
from mmdt.attacks.pictures.page import INKS, LETTERS, LINES, PAGE, PAPERS
from mmdt.core.attack import Attack, Attempt
from mmdt.core.behaviour import Behaviour
from mmdt.core.modality import Modality, flow
from mmdt.errors import UsageError
from mmdt.spelling import verb

PLAIN = "plain"
"""The option of an axis that changes nothing."""
PICTURE, FRAMING, WORDING, FINISH = "picture", "framing", "wording", "finish"
USUAL = (
    "page",
    "illustration",
    "role-play",
    "hypothetical",
    "prefix-injection",
    "refusal-suppression",
    "roundabout",
    "distraction",
)
"""The moves to choose from where none are named: few enough that a search can learn which of them go further."""
ALL = "all"
"""Stands for every attack that asks for nothing but answers."""
_AXIS_OF = {"drawing": PICTURE, "framing": FRAMING, "wording": WORDING, "picture": FINISH}
"""Which axis the attacks of a kind are options of."""
_LOOKS: Mapping[str, Sequence[str]] = {
    "paper": tuple(PAPERS),
    "ink": tuple(INKS),
    "letters": tuple(LETTERS),
    "lines": tuple(LINES),
}
"""The looks of a ``page``: axes that exist where it is the picture."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One property of a request, with its options; ``of_page``: it exists only where the picture is a page."""

    name: str
    options: tuple[str, ...]
    of_page: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One way to ask: an option for each axis. ``words``, where there are any, are asked in place of the behaviour (an
    attacker's own). ``seed`` decides what else is drawn at random, so that pictures are drawn again."""

    choices: tuple[tuple[str, str], ...] = ()
    seed: int = 0
    words: str = ""
    by: str = "rules"

    @classmethod
    def of(cls, choices: Mapping[str, str], seed: int, words: str = "", by: str = "rules") -> Self:
        return cls(tuple(sorted(choices.items())), seed, words, by)

    @property
    def options(self) -> dict[str, str]:
        return dict(self.choices)

    def label(self) -> str:
        """Its options in words, without those that change nothing: ``page (paper cream) + role-play``."""
        chosen = self.options
        looks = [f"{name} {chosen[name]}" for name in _LOOKS if name in chosen]
        parts = [chosen[name] for name in (PICTURE, FRAMING, WORDING, FINISH) if chosen.get(name, PLAIN) != PLAIN]
        if looks and parts and chosen.get(PICTURE) == PAGE.name:
            parts[0] += f" ({', '.join(looks)})"
        said = ["own words"] if self.words else []
        return " + ".join([*said, *parts]) or "open request"


@dataclass(frozen=True, slots=True)
class Space:
    """The axes that a search may choose from, for one modality."""

    modality: Modality
    axes: tuple[Axis, ...]

    @classmethod
    def of(cls, modality: Modality, moves: Sequence[str] = (), example: Behaviour | None = None) -> Self:
        """The space of the attacks named (``moves``): :data:`USUAL` without any, and for ``all`` every one that asks
        for nothing but answers and can be applied. Attacks that change existing pictures are options only where they
        are named. Raises UsageError for an attack that does not fit the modality."""
        named = tuple(each for each in moves if each != ALL)
        everything = ALL in tuple(moves)
        wanted = dict.fromkeys((*named, *(plugins.attacks() if everything else () if named else USUAL)))
        found = [plugins.attack(name) for name in wanted]
        axes: dict[str, list[str]] = {}
        for attack in found:
            if _usable(attack, modality, example, named=attack.name in named):
                axes.setdefault(_AXIS_OF[attack.kind], [PLAIN]).append(attack.name)
            elif attack.name in named:
                hint = f"{verb('list attacks')} shows what each is for"
                raise UsageError(f"the attack {attack.name!r} cannot be a move here", where=modality, hint=hint)
        order = [name for name in (PICTURE, FRAMING, WORDING, FINISH) if name in axes]
        chosen = [Axis(name, tuple(axes[name])) for name in order]
        if PAGE.name in axes.get(PICTURE, ()):
            chosen += [Axis(name, tuple(options), of_page=True) for name, options in _LOOKS.items()]
        if not chosen:
            raise UsageError(f"no attack fits {modality}", hint=f"name some: {verb('list attacks')} shows them")
        return cls(modality, tuple(chosen))

    @property
    def size(self) -> int:
        """How many different moves there are, apart from what is drawn at random."""
        looks, others = 1, 1
        for axis in self.axes:
            if axis.of_page:
                looks *= len(axis.options)
            elif axis.name != PICTURE:
                others *= len(axis.options)
        pictures = next((axis.options for axis in self.axes if axis.name == PICTURE), (PLAIN,))
        return others * sum(looks if each == PAGE.name else 1 for each in pictures)

    def active(self, choices: Mapping[str, str]) -> list[Axis]:
        """The axes that mean something beside these choices."""
        return [axis for axis in self.axes if not axis.of_page or choices.get(PICTURE) == PAGE.name]

    def drawn(self, rng: random.Random) -> dict[str, str]:
        """Choices drawn evenly, axis by axis."""
        found: dict[str, str] = {}
        for axis in self.axes:
            if not axis.of_page or found.get(PICTURE) == PAGE.name:
                found[axis.name] = rng.choice(axis.options)
        return found

    def tidy(self, choices: Mapping[str, str], rng: random.Random) -> dict[str, str]:
        """The choices with an option for each axis that means something, and none for any other."""
        return {axis.name: choices.get(axis.name) or rng.choice(axis.options) for axis in self.active(choices)}

    def attempt(self, move: Move, behaviour: Behaviour) -> Attempt:
        """The request of a move. An attack that cannot be applied to this behaviour is left out of it."""
        chosen = move.options
        attempt = self._begun(chosen, move, behaviour)
        for name in (FRAMING, WORDING, FINISH):
            option = chosen.get(name, PLAIN)
            if option != PLAIN:
                attempt = _applied(attempt, plugins.attack(option), f"{move.seed}/{behaviour.text}/{option}")
        return replace(attempt, behaviour=behaviour)

    def _begun(self, chosen: Mapping[str, str], move: Move, about: Behaviour) -> Attempt:
        """The open request, or the drawing that replaces it; an attacker's own words are asked as they are."""
        plain = make_attempt(about, self.modality, seed=move.seed)
        if move.words:
            plain = plain.with_prompt(move.words)
        picture = chosen.get(PICTURE, PLAIN)
        if picture == PLAIN or not flow(self.modality).sends_images:
            return plain
        attack = plugins.attack(picture)
        if picture == PAGE.name:
            looks = {name: chosen[name] for name in _LOOKS if name in chosen}
            attack = attack.with_parameters(**looks, **({"text": move.words} if move.words else {}))
        return _applied(plain, attack, f"{move.seed}/{about.text}/{picture}")


def _applied(attempt: Attempt, attack: Attack, seed: str) -> Attempt:
    try:
        return attack.apply(attempt, random.Random(seed))
    except Exception:  # an attack, perhaps a third party's, that fails on these words: the others are still tried
        return attempt


def _usable(attack: Attack, modality: Modality, example: Behaviour | None, *, named: bool) -> bool:
    """Whether an attack can be a move: it fits, and needs nothing that a behaviour lacks."""
    if attack.access != "black" or not attack.fits(modality):
        return False
    if attack.kind == "picture":
        return named
    about = example or Behaviour("mischief", "hide the biscuits of the neighbours", thing="the biscuits")
    try:
        attack.apply(make_attempt(about, modality), random.Random(0))
    except Exception:
        return False
    return True
