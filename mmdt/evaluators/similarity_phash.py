"""copy.phash: is the output's picture a near copy of the case's, by perceptual hash alone? Fast, blind to crops.

Value: ``hash_distance`` (bits of 64 that differ) and ``near_copy`` (whether the distance is at most the threshold of
``copy_calibration.toml``).
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Sequence
from functools import cache

import msgspec

from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError, UsageError
from mmdt.evaluators.copies import hash_distance
from mmdt.evaluators.fingerprint import fingerprint, source

TABLE = "copy_calibration.toml"
_REMEMBERED = 4096
Compare = Callable[[Image, Image], dict[str, float | bool]]


class Calibration(msgspec.Struct, frozen=True):
    """A decision's threshold and what it gets wrong, as measured by ``benchmarks/copies.py``.

    ``pairs`` non-matching pairs gave ``false_positive_rate``, by family ``false_positives``; ``found`` is the share of
    copies that are found, by kind of copy.
    """

    threshold: float
    pairs: int
    false_positive_rate: float
    copies_of_each_kind: int
    false_positives: dict[str, float]
    found: dict[str, float]

    @property
    def note(self) -> str:
        """What is shown wherever a number rests on the decision."""
        found = ", ".join(f"{kind} {share:.0%}" for kind, share in self.found.items())
        return (
            f"near copy at {self.threshold:g}: {self.false_positive_rate:.2%} of {self.pairs} pairs of different drawn "
            f"pictures are taken for copies; found: {found}"
        )


@cache
def calibration(name: str) -> Calibration:
    """The measured decision of ``crops`` or ``phash``."""
    tables = tomllib.loads(source(TABLE).decode())
    return msgspec.convert(tables[name], Calibration)


class Compared:
    """Compares the output's first picture with the case's first; every pair is compared once."""

    def __init__(self, name: str, file: str, compare: Compare) -> None:
        mark = fingerprint(name, *(source(each) for each in (file, "copies.py", TABLE)))
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
    return Compared(plain_copies("phash", rest), "similarity_phash.py", compare)


def compare(image: Image, reference: Image) -> dict[str, float | bool]:
    distance = hash_distance(image.pil(), reference.pil())
    return {"hash_distance": distance, "near_copy": distance <= calibration("phash").threshold}


def plain_copies(name: str, rest: str) -> str:
    """The evaluator's name. Raises UsageError on anything more than that."""
    if rest:
        raise UsageError(f"the copy detector takes no {rest!r}", cure=f"write {name} alone")
    return name
