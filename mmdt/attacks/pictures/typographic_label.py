"""Typographic label: a written word in the picture that contradicts what it shows."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from mmdt.attacks.drawing.typeface import typeface
from mmdt.attacks.facts import needed
from mmdt.attacks.pictures.area import Area, pixels
from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.errors import UsageError

_INK = (20, 20, 24)
_PAPER = (254, 252, 246)
_STRIP: Area = (0.06, 0.78, 0.94, 0.95)


def typographic(picture: Image.Image, text: str, area: Area) -> Image.Image:
    """The picture with a label that says ``text``, as large as the area allows. Raises UsageError where even the
    smallest letters do not fit.

    Goh et al., "Multimodal neurons in artificial neural networks", Distill 2021, section "Typographic attacks".
    """
    attacked = picture.convert("RGB")
    x0, y0, x1, y1 = pixels(attacked, area)
    size = max(6, int((y1 - y0) * 0.62))
    while size > 6 and _width(text, size) > 0.88 * (x1 - x0):
        size -= 1
    if _width(text, size) > x1 - x0 or 1.5 * size > y1 - y0:
        hint = "use larger pictures, a larger area or a shorter label"
        raise UsageError(f"the label does not fit into an area of {x1 - x0} x {y1 - y0} pixels", where=text, hint=hint)
    half = min(_width(text, size) / 2 + 0.4 * size, (x1 - x0) / 2)
    middle, centre = (x0 + x1) / 2, (y0 + y1) / 2
    draw = ImageDraw.Draw(attacked)
    strip = (middle - half, centre - 0.75 * size, middle + half, centre + 0.75 * size)
    draw.rectangle(strip, fill=_PAPER, outline=_INK, width=max(1, size // 9))
    draw.text((middle, centre), text, _INK, typeface(text, size), anchor="mm")
    return attacked


def _width(text: str, size: int) -> float:
    return typeface(text, size).getlength(text)


def _change(attempt: Attempt, rng: random.Random, label: str, area: Area) -> Attempt:
    text = needed(attempt, "label", label, TYPOGRAPHIC_LABEL.name).upper()
    return change_pictures(attempt, TYPOGRAPHIC_LABEL.name, lambda picture: typographic(picture, text, area))


TYPOGRAPHIC_LABEL = Attack(
    "typographic-label",
    I2T,
    _change,
    "writes a wrong label into the picture",
    kind="picture",
    parameters={"label": "", "area": _STRIP},
    source='Goh et al., "Multimodal neurons in artificial neural networks", Distill 2021',
    constraint="no pixel outside the area changes",
)
