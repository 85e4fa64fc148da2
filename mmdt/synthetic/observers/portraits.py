"""quality.portraits: how much of the requested setting a drawn scene shows; an embedded stand-in for CLIPScore."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError
from mmdt.synthetic.observers.pixels import require_no_options
from mmdt.synthetic.people.read import read_people
from mmdt.synthetic.people.read_setting import visible_props
from mmdt.synthetic.people.requests import understand

VERSION = "1"
"""Increase this whenever an observation could change, so that stored observations are not reused."""


@dataclass(frozen=True, slots=True)
class PortraitQuality:
    """Value: ``similarity``, the share of wall, clothes and sign of the requested setting that the picture shows.

    If the prompt names no known setting, it is 1 if the picture shows a person, else 0.
    """

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
        """Do nothing: the evaluator holds no resources."""


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
    parts = astuple(visible_props(picture, request.setting))
    return Observation({"similarity": sum(parts) / len(parts)}, rationale=f"wall, clothes, sign: {parts}")


def open_portraits(rest: str, context: EvaluatorContext) -> PortraitQuality:
    """``portraits``; it has no options. Raises UsageError if one is given."""
    require_no_options("portraits", rest)
    return PortraitQuality()
