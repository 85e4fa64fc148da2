"""How an organism sees a picture of a world: the things in it and any alteration of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmdt.synthetic.worlds.scene import Thing
from mmdt.synthetic.worlds.vision.alteration import alteration, has_boxes, has_clutter
from mmdt.synthetic.worlds.vision.altered import see_altered
from mmdt.synthetic.worlds.vision.see import CERTAIN, recognise
from mmdt.synthetic.worlds.vision.segment import segment

if TYPE_CHECKING:
    from PIL import Image as Pil

_LEAST_AREA = 0.012


@dataclass(frozen=True, slots=True)
class View:
    """``things`` are the recognised things. ``altered`` names a corruption or style, or is ``boxes`` or ``clutter``.

    ``strange``: the picture contains something that is not an object, such as a label or a patch.
    """

    things: tuple[Thing, ...]
    altered: str
    strange: bool


def look(picture: Pil.Image) -> View:
    """Analyse a picture."""
    segmented = segment(picture)
    found = recognise(segmented, least=0)
    altered = alteration(picture)
    sure = see_altered(picture, segmented) if altered else [seen for seen in found if seen.score >= CERTAIN]
    if not altered and has_boxes(segmented):
        altered = "boxes"
    if not altered and has_clutter(segmented):
        altered = "clutter"
    unknown = (seen.box for seen in found if seen.score < CERTAIN)
    known = tuple(seen.thing() for seen in sure)
    return View(known, altered, any((x1 - x0) * (y1 - y0) >= _LEAST_AREA for x0, y0, x1, y1 in unknown))
