"""The evaluator behind both copy detectors: compares the output's image with the case's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from mmdt.core.fingerprint import fingerprint
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorInfo, Item
from mmdt.errors import DataError
from mmdt.evaluators.copies.calibration import calibration

_CACHE_SIZE = 4096
CopyValue = dict[str, float | bool | str]
Compare = Callable[[Image, Image], CopyValue]


class CopyDetector:
    """Compares the output's first image with the case's first. Results are cached by pair of images."""

    def __init__(self, name: str, version: str, compare: Compare) -> None:
        mark = fingerprint(name, version, calibration(name).threshold)
        self._info = EvaluatorInfo(name, mark, batch_size=4, concurrency=2, note=calibration(name).note)
        self._compare = compare
        self._cache: dict[tuple[str, str], Observation] = {}

    @property
    def info(self) -> EvaluatorInfo:
        return self._info

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [self._observe(item) for item in items])

    async def close(self) -> None:
        """Nothing to close."""

    def _observe(self, item: Item) -> Observation:
        if not item.output.images:
            return Observation.failed("the output has no picture")
        if not item.case.images:
            return Observation.failed("the case has no picture to compare with")
        image, reference = item.output.images[0], item.case.images[0]
        key = (image.digest, reference.digest)
        if key not in self._cache:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            try:
                self._cache[key] = Observation(self._compare(image, reference))
            except DataError as error:
                return Observation.failed(str(error))
        return self._cache[key]
