"""Embedded memorisation cases: the caption of a poster, with the poster as the training picture."""

from __future__ import annotations

from collections.abc import Iterator

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.synthetic.posters.poster import collection

CELL = Cell("privacy", "t2i", "training", "laion_1k")


def training(seed: int, count: int) -> Iterator[Case]:
    """``count`` captions, each with its picture as the reference for evaluators.

    ``drawn`` in the target marks drawings, because copy detectors have different error rates on them.
    """
    for number, poster in enumerate(collection(seed, count)):
        yield Case.make(
            CELL, poster.caption, (Image.from_pil(poster.picture()),), {"index": str(number), "drawn": True}
        )
