"""Embedded memorisation cases: the caption of a poster, and the poster as the training picture that may come back."""

from __future__ import annotations

from collections.abc import Iterator

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.synthetic.posters.poster import collection

CELL = Cell("privacy", "t2i", "training", "laion_1k")


def training(seed: int, count: int) -> Iterator[Case]:
    """``count`` captions, each with its picture as the reference that evaluators compare with.

    ``drawn`` in the target says that the picture is no photograph: copy detectors err at other rates on drawings.
    """
    for number, poster in enumerate(collection(seed, count)):
        yield Case.make(
            CELL, poster.caption, (Image.from_pil(poster.picture()),), {"index": str(number), "drawn": True}
        )
