"""quality.portraits: how much of what was asked for a drawn scene shows. Embedded stand-in for a text-image score."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError, UsageError
from mmdt.synthetic.people.read import read_people
from mmdt.synthetic.people.read_setting import shown
from mmdt.synthetic.people.requests import understand

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made anew."""


@dataclass(frozen=True, slots=True)
class PortraitQuality:
    """Value: ``similarity``, the share of wall, clothes and sign of the asked-for setting that the picture shows; where
    no known setting is asked for, whether there is a person."""

    @property
    def info(self) -> EvaluatorInfo:
        note = "knows the scenes of the embedded data only"
        return EvaluatorInfo(
            "portraits",
            fingerprint("quality.portraits", VERSION),
            batch_size=16,
            concurrency=2,
            embedded=True,
            note=note,
        )

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [_observe(item) for item in items])

    async def close(self) -> None:
        """Nothing is held open."""


def _observe(item: Item) -> Observation:
    if not item.output.images:
        return Observation.failed("there is no picture")
    try:
        picture = item.output.images[0].pil()
    except DataError as error:
        return Observation.failed(str(error))
    request = understand(str(item.question.get("prompt", "")))
    if request is None or request.setting is None:
        there = bool(read_people(picture))
        return Observation({"similarity": float(there)}, rationale="no setting is asked for: is there a person?")
    parts = astuple(shown(picture, request.setting))
    return Observation({"similarity": sum(parts) / len(parts)}, rationale=f"wall, clothes, sign: {parts}")


def open_portraits(rest: str, context: EvaluatorContext) -> PortraitQuality:
    """``portraits``; there is nothing to set. Raises UsageError on anything more."""
    if rest:
        raise UsageError(f"the scene reader takes no {rest!r}", hint="write portraits alone")
    return PortraitQuality()
