"""likeness.thumbnails: an embedded stand-in for CLIP that compares the coarse colours of two pictures.

Value: ``similarity`` (cosine) and ``l2`` (distance) of the colours of 8 x 8 thumbnails, scaled to -1..1. They are
not on the scale of CLIP's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError
from mmdt.synthetic.observers.pixels import require_no_options

if TYPE_CHECKING:
    from mmdt.core.image import Image

VERSION = "1"
"""Increase this whenever an observation could change, so that stored observations are not reused."""

_SIDE = 8


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """Compares the output's first picture with the case's first picture."""

    @property
    def info(self) -> EvaluatorInfo:
        note = "compares 8 x 8 thumbnails; its cosines and distances cannot be held against CLIP's"
        mark = fingerprint("likeness.thumbnails", VERSION)
        return EvaluatorInfo("thumbnails", mark, batch_size=16, concurrency=2, embedded=True, note=note)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [_observe(item) for item in items])

    async def close(self) -> None:
        """Do nothing: the evaluator holds no resources."""


def _observe(item: Item) -> Observation:
    if not item.output.images or not item.case.images:
        return Observation.failed("the output needs a picture and the case a reference picture")
    try:
        one, other = _vector(item.output.images[0]), _vector(item.case.images[0])
    except DataError as error:
        return Observation.failed(str(error))
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    cosine = float(one @ other) / lengths if lengths else 0.0
    return Observation({"similarity": min(max(cosine, -1.0), 1.0), "l2": float(np.linalg.norm(one - other))})


def _vector(image: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    small = np.asarray(image.pil().resize((_SIDE, _SIDE)), dtype=np.float64)
    return np.asarray(small.ravel() / 127.5 - 1)


def open_thumbnails(rest: str, context: EvaluatorContext) -> Thumbnails:
    """``thumbnails``; it has no options. Raises UsageError if one is given."""
    require_no_options("thumbnails", rest)
    return Thumbnails()
