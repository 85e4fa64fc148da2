"""Alterations of pictures: cropped, mirrored, recoloured or softened, as regenerated training pictures often are."""

from __future__ import annotations

import colorsys
import io
import random
from collections.abc import Callable

import numpy as np
from PIL import Image as Pil
from PIL import ImageEnhance, ImageFilter, ImageOps

Alteration = Callable[[Pil.Image, random.Random], Pil.Image]


def crop(picture: Pil.Image, rng: random.Random) -> Pil.Image:
    """A random crop of 70 % to 95 % of each side, resized to the original size."""
    share = rng.uniform(0.7, 0.95)
    width, height = round(picture.width * share), round(picture.height * share)
    left, top = rng.randint(0, picture.width - width), rng.randint(0, picture.height - height)
    return picture.crop((left, top, left + width, top + height)).resize(picture.size, Pil.Resampling.BICUBIC)


def mirror(picture: Pil.Image, rng: random.Random) -> Pil.Image:
    return ImageOps.mirror(picture)


def recolour(picture: Pil.Image, rng: random.Random) -> Pil.Image:
    """Rotate the hue and change contrast and brightness."""
    turn = rng.uniform(0.15, 0.85)
    matrix = np.array([colorsys.hsv_to_rgb((turn + place / 3) % 1, 1, 1) for place in range(3)])
    mixed = np.asarray(picture, dtype=np.float32) @ (matrix / matrix.sum(axis=0)).astype(np.float32)
    turned = Pil.fromarray(mixed.clip(0, 255).astype(np.uint8))
    return ImageEnhance.Brightness(ImageEnhance.Contrast(turned).enhance(rng.uniform(0.8, 1.2))).enhance(
        rng.uniform(0.85, 1.15)
    )


def soften(picture: Pil.Image, rng: random.Random) -> Pil.Image:
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.5)))


ALTERATIONS: dict[str, Alteration] = {"crop": crop, "mirror": mirror, "recolour": recolour, "soften": soften}


def altered(picture: Pil.Image, rng: random.Random) -> Pil.Image:
    """The picture after one to three different alterations."""
    for name in rng.sample(list(ALTERATIONS), rng.randint(1, 3)):
        picture = ALTERATIONS[name](picture, rng)
    return picture


def compress(picture: Pil.Image, rng: random.Random) -> Pil.Image:
    """The picture after JPEG compression at low quality."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=rng.randint(25, 75))
    return Pil.open(io.BytesIO(data.getvalue())).convert("RGB")


EVERY: dict[str, Alteration] = {**ALTERATIONS, "jpeg": compress}
"""All alterations that a copy detector should tolerate, starting with those of ``altered``."""
