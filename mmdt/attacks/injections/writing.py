"""Writing on a picture: text in a scalable font, as large as a box allows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mmdt.attacks.drawing.typeface import broken, typeface
from mmdt.errors import UsageError

SMALLEST = 6
"""Pixels of the smallest letters."""


def fitted(text: str, width: int, height: int, largest: int) -> tuple[str, int]:
    """The text in lines, and the largest size of letters (pixels) at which they fit into the box. Raises UsageError
    where even the smallest do not, and where no font at hand has its letters."""
    for size in range(max(largest, SMALLEST), SMALLEST - 1, -1):
        columns = max(4, int(width / (0.56 * size)))
        lines = broken(text, columns) or [""]
        wide = max(typeface(text, size).getlength(line) for line in lines)
        if wide <= width and len(lines) * 1.3 * size <= height:
            return "\n".join(lines), size
    hint = "use larger pictures or a shorter text"
    raise UsageError(f"the text does not fit into a box of {width} x {height} pixels", where=text[:60], hint=hint)


def ink(size: tuple[int, int], text: str, box: tuple[int, int, int, int], largest: int) -> NDArray[np.float32]:
    """Where the text's ink is, 0 to 1, with shape (height, width): the text in the middle of a box (x0, y0, x1, y1)."""
    mask = Image.new("L", size)
    lines, letters = fitted(text, box[2] - box[0], box[3] - box[1], largest)
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    font = typeface(text, letters)
    ImageDraw.Draw(mask).multiline_text(middle, lines, 255, font, "mm", spacing=0.3 * letters, align="center")
    return np.asarray(mask, np.float32) / np.float32(255)
