"""copy.phash: is the output's picture a near copy of the case's, by perceptual hash alone? Fast, blind to crops.

Value: ``hash_distance`` (bits of 64 that differ), ``near_copy`` (whether the distance is at most the threshold of
``calibration.toml``) and ``detector``, by which its error rates are found there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from mmdt.core.fingerprint import fingerprint
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError, UsageError
from mmdt.evaluators.copies.calibration import calibration
from mmdt.evaluators.copies.matching import hash_distance

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made anew."""

_REMEMBERED = 4096
Seen = dict[str, float | bool | str]
Compare = Callable[[Image, Image], Seen]


class Compared:
    """Compares the output's first picture with the case's first; every pair is compared once."""

    def __init__(self, name: str, version: str, compare: Compare) -> None:
        mark = fingerprint(name, version, calibration(name).threshold)
        self._info = EvaluatorInfo(name, mark, batch_size=4, concurrency=2, note=calibration(name).note)
        self._compare = compare
        self._known: dict[tuple[str, str], Observation] = {}

    @property
    def info(self) -> EvaluatorInfo:
        return self._info

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [self._observe(item) for item in items])

    async def close(self) -> None:
        """Nothing is held open."""

    def _observe(self, item: Item) -> Observation:
        if not item.output.images:
            return Observation.failed("the output has no picture")
        if not item.case.images:
            return Observation.failed("the case has no picture to compare with")
        image, reference = item.output.images[0], item.case.images[0]
        key = (image.digest, reference.digest)
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            try:
                self._known[key] = Observation(self._compare(image, reference))
            except DataError as error:
                return Observation.failed(str(error))
        return self._known[key]


def open_phash(rest: str, context: EvaluatorContext) -> Compared:
    """``phash``; there is nothing to set. Raises UsageError on anything more."""
    return Compared(plain_copies("phash", rest), VERSION, compare)


def compare(image: Image, reference: Image) -> Seen:
    distance = hash_distance(image.pil(), reference.pil())
    near = distance <= calibration("phash").threshold
    return {"hash_distance": distance, "near_copy": near, "detector": "phash"}


def plain_copies(name: str, rest: str) -> str:
    """The evaluator's name. Raises UsageError on anything more than that."""
    if rest:
        raise UsageError(f"the copy detector takes no {rest!r}", hint=f"write {name} alone")
    return name
