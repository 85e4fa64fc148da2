"""Base of the embedded evaluators of worlds: each picture is analysed once, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from mmdt.core.fingerprint import fingerprint
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorInfo, Item
from mmdt.errors import DataError, UsageError

if TYPE_CHECKING:
    from PIL import Image as Pil

Percept = TypeVar("Percept")

_REMEMBERED = 4096


class PixelEvaluator(Generic[Percept]):
    """An evaluator that analyses pictures of drawn worlds.

    ``look`` analyses a picture; ``answer`` turns the result into the value for a question, or raises ValueError.
    ``version`` is increased whenever an observation could change.
    """

    def __init__(
        self,
        name: str,
        version: str,
        look: Callable[[Pil.Image], Percept],
        answer: Callable[[Percept, Mapping[str, Any]], dict[str, Any]],
    ) -> None:
        mark = fingerprint(name, version)
        note = "sees the drawn worlds of the embedded data only"
        self._info = EvaluatorInfo(name, mark, batch_size=16, concurrency=2, embedded=True, note=note)
        self._look = look
        self._answer = answer
        self._known: dict[str, Percept] = {}

    @property
    def info(self) -> EvaluatorInfo:
        return self._info

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [self._observe(item) for item in items])

    async def close(self) -> None:
        """Do nothing: the evaluator holds no resources."""

    def _observe(self, item: Item) -> Observation:
        if not item.output.images:
            return Observation.failed("the output has no picture")
        try:
            return Observation(self._answer(self._seen(item.output.images[0]), item.question))
        except (DataError, ValueError) as error:
            return Observation.failed(str(error))

    def _seen(self, image: Image) -> Percept:
        if image.digest not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[image.digest] = self._look(image.pil())
        return self._known[image.digest]


def require_no_options(name: str, rest: str) -> str:
    """The evaluator's name. Raises UsageError if an option follows it, because there are none."""
    if rest:
        raise UsageError(f"{name} takes no options, got {rest!r}", hint=f"use {name} alone")
    return name
