"""An area of a picture, for attacks that cover part of it and nothing else."""

from __future__ import annotations

from PIL import Image

Area = tuple[float, float, float, float]
"""x0, y0, x1, y1 as shares of the picture's width and height."""


def pixels(picture: Image.Image, area: Area) -> tuple[int, int, int, int]:
    """The area in pixels of the picture, rounded."""
    x0, y0, x1, y1 = area
    return (
        round(x0 * picture.width),
        round(y0 * picture.height),
        round(x1 * picture.width),
        round(y1 * picture.height),
    )
