"""Black-box attacks on pictures that change nothing of what is shown: a written label, a patch of scrambled tiles.

Both are laid over an area that the caller chooses, so that nothing in the picture is hidden.
"""

from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFont

Area = tuple[float, float, float, float]
"""x0, y0, x1, y1 as shares of the picture's width and height."""

_INK = (20, 20, 24)
_PAPER = (254, 252, 246)


def typographic(picture: Image.Image, text: str, area: Area) -> Image.Image:
    """The picture with a label that says ``text``, as large as the area allows.

    Goh et al., "Multimodal neurons in artificial neural networks", Distill 2021, section "Typographic attacks".
    """
    attacked = picture.convert("RGB")
    x0, y0, x1, y1 = _pixels(attacked, area)
    size = max(6, int((y1 - y0) * 0.62))
    while size > 6 and _width(text, size) > 0.88 * (x1 - x0):
        size -= 1
    half = min(_width(text, size) / 2 + 0.4 * size, (x1 - x0) / 2)
    middle, centre = (x0 + x1) / 2, (y0 + y1) / 2
    draw = ImageDraw.Draw(attacked)
    strip = (middle - half, centre - 0.75 * size, middle + half, centre + 0.75 * size)
    draw.rectangle(strip, fill=_PAPER, outline=_INK, width=max(1, size // 9))
    draw.text((middle, centre), text, _INK, ImageFont.load_default(size), anchor="mm")
    return attacked


def patch(picture: Image.Image, wanted: Image.Image, area: Area, rng: random.Random, tiles: int = 6) -> Image.Image:
    """The picture with a square patch made of the scrambled tiles of another picture.

    The colours and textures of ``wanted`` are all there and none of its shapes. After the idea of Brown et al.,
    "Adversarial patch", 2017, without gradients.
    """
    attacked = picture.convert("RGB")
    x0, y0, x1, y1 = _pixels(attacked, area)
    side = max(tiles, min(x1 - x0, y1 - y0) // tiles * tiles)
    left, top = (x0 + x1 - side) // 2, (y0 + y1 - side) // 2
    attacked.paste(scrambled(wanted.convert("RGB").resize((side, side)), tiles, rng), (left, top))
    return attacked


def scrambled(picture: Image.Image, tiles: int, rng: random.Random) -> Image.Image:
    """The picture cut into ``tiles`` x ``tiles`` squares that are turned and put down in another order."""
    side = picture.width // tiles
    places = [(column * side, row * side) for row in range(tiles) for column in range(tiles)]
    result = Image.new("RGB", (side * tiles, side * tiles))
    for (left, top), put in zip(rng.sample(places, len(places)), places, strict=True):
        tile = picture.crop((left, top, left + side, top + side))
        result.paste(tile.rotate(90 * rng.randrange(4)), put)
    return result


def _pixels(picture: Image.Image, area: Area) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = area
    return (
        round(x0 * picture.width),
        round(y0 * picture.height),
        round(x1 * picture.width),
        round(y1 * picture.height),
    )


def _width(text: str, size: int) -> float:
    return ImageFont.load_default(size).getlength(text)
