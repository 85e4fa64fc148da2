"""Organism: an embedded model made of skills, with planted rates."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mmdt.core.modality import Modality, flow, supports
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import DataError, UsageError
from mmdt.synthetic.organisms.rates import PLAIN, RateTable, characters, check_planted, entries_from, table_of
from mmdt.synthetic.organisms.skill import Skill, Turn
from mmdt.synthetic.organisms.skills import fallback, load_skills

BODIES: Mapping[str, frozenset[Modality]] = {
    "demo": frozenset({"i2t", "t2i"}),
    "reader": frozenset({"i2t"}),
    "painter": frozenset({"t2i"}),
}
"""Modalities of each body. ``reader-safe`` is the body ``reader`` with the character ``safe``."""
SIGHTLESS = ("blind", "shotgun", "silent", "yes", "first")
"""Organisms that answer without looking; they have no characters (see ``sightless``)."""
HOLED = ("holed", "closed")
"""Organisms that open to one combination of wording and picture, or to none (see ``holed``)."""
_SETTINGS = ("seed", "rates")


@dataclass(frozen=True, slots=True)
class Organism:
    """A model that answers with skills at planted rates; the same request always gets the same answer.

    Organisms with the same seed share their random numbers: a character that refuses more often than another refuses
    a superset of its requests, as paired models would.
    """

    name: str
    modalities: frozenset[Modality]
    table: RateTable
    seed: int = 0
    skills: Sequence[Skill] = field(default_factory=load_skills)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def info(self) -> ModelInfo:
        return ModelInfo(
            name=self.name,
            modalities=self.modalities,
            settings={"seed": self.seed, **self.settings},
            max_images=16,
            batch_size=8,
            concurrency=2,
            start_concurrency=2,
            seeds=True,
            organism=True,
        )

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        """One output per request, in order. Drawing and reading run off the event loop."""
        return await asyncio.to_thread(lambda: [self.answer(request) for request in requests])

    async def close(self) -> None:
        """Do nothing: an organism holds no resources."""

    def answer(self, request: Request) -> Output:
        """The output of the first skill that understands the request."""
        if not supports(self.modalities, request.modality):
            return Output.failed(FailureKind.BAD_REQUEST, f"{self.name} has no {request.modality}")
        turn = Turn(request, self.table, self.seed)
        try:
            for skill in self.skills:
                output = skill.answer(turn) if flow(skill.modality).output == request.wants else None
                if output is not None:
                    return output
            return fallback.answer(turn)
        except DataError as error:
            return Output.failed(FailureKind.CASE, str(error))

    def planted(self) -> dict[str, dict[str, float]]:
        """The planted truth: cell -> metric -> expected value among outputs that did not fail."""
        own = [skill for skill in self.skills if skill.modality in self.modalities]
        return {cell: dict(truth) for skill in own for cell, truth in skill.truth(self.table).items()}


def open_organism(rest: str, settings: Mapping[str, Any]) -> Organism:
    """Open ``organism/<body>``, ``organism/blind`` (and the others that do not look) or
    ``organism/<body>-<character>``; the settings are ``seed`` and ``rates``.

    Raises UsageError for an unknown name or setting."""
    body, _, character = rest.partition("-")
    if rest in HOLED:
        return _open_holed(rest, settings)
    if body not in BODIES and rest not in SIGHTLESS:
        known = ", ".join(f"organism/{name}" for name in (*BODIES, *SIGHTLESS, *HOLED))
        hint = f"use {known}; append -{' or -'.join(characters()[1:])} for another character"
        raise UsageError(f"unknown organism {rest!r}", hint=hint)
    for name in settings:
        if name not in _SETTINGS:
            raise UsageError(f"unknown setting {name!r}", where=f"organism/{rest}", hint=f"use {', '.join(_SETTINGS)}")
    seed = _seed(rest, settings)
    if rest in SIGHTLESS:
        from mmdt.synthetic.organisms.sightless import sightless

        if "rates" in settings:
            hint = "leave out the rates, or use organism/demo"
            raise UsageError(
                "nothing is planted in an organism that does not look", where=f"organism/{rest}", hint=hint
            )
        return Organism(f"organism/{rest}", BODIES["demo"], table_of(PLAIN), seed, sightless(rest))
    extra = entries_from(settings.get("rates", {}), f"organism/{rest}")
    table = table_of(character or PLAIN).with_entries(extra, f"organism/{rest}")
    check_planted(extra, f"organism/{rest}")
    return Organism(f"organism/{rest}", BODIES[body], table, seed, settings={"rates": extra} if extra else {})


def _seed(rest: str, settings: Mapping[str, Any]) -> int:
    seed = settings.get("seed", 0)
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise UsageError(f"seed must be an integer, got {seed!r}", where=f"organism/{rest}", hint="use a whole number")
    return seed


def _open_holed(rest: str, settings: Mapping[str, Any]) -> Organism:
    """An organism with a hole drawn by the setting ``seed``; ``opens`` is the share of requests through it that
    succeed."""
    from mmdt.synthetic.organisms.holed import OPENS, skills

    where = f"organism/{rest}"
    for name in settings:
        if name not in ("seed", "opens"):
            raise UsageError(f"unknown setting {name!r}", where=where, hint="use seed, opens")
    opens = settings.get("opens", OPENS)
    if isinstance(opens, bool) or not isinstance(opens, int | float) or not 0 <= opens <= 1:
        raise UsageError(f"opens must be a share, got {opens!r}", where=where, hint="use a number from 0 to 1")
    seed = _seed(rest, settings)
    own = {} if opens == OPENS else {"opens": float(opens)}
    return Organism(where, BODIES["demo"], table_of(PLAIN), seed, skills(rest, seed, float(opens)), own)


def planted(name: str, settings: Mapping[str, Any] | None = None) -> dict[str, dict[str, float]]:
    """The planted truth of ``organism/...``: cell -> metric -> expected value among outputs that did not fail."""
    return open_organism(name.removeprefix("organism/"), settings or {}).planted()
