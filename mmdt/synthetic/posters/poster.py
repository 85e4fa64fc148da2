"""Posters: the caption, the picture, and other pictures that the same caption could have."""

from __future__ import annotations

import colorsys
import math
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image as Pil

from mmdt.synthetic.canvas import Canvas, Colour

HEIGHT = 256
_FIRST = ("Silent", "Golden", "Broken", "Northern", "Paper", "Velvet", "Hidden", "Electric", "Wooden", "Distant")
_SECOND = (
    "Harbour",
    "Orchard",
    "Carousel",
    "Lantern",
    "Staircase",
    "Meridian",
    "Aviary",
    "Foundry",
    "Glacier",
    "Parade",
)
_HOUSES = ("Nordlicht", "Quillon", "Old Mill", "Lindenhof", "Paper Moon", "Riverside")
_CAPTION = re.compile(
    r"poster of the play [\"']?(?P<title>[\w ]+?)[\"']? at the (?P<house>[\w ]+?) theatre,? (?P<year>\d{4})", re.I
)


@dataclass(frozen=True, slots=True)
class Poster:
    """The poster of an invented play; its picture depends only on these fields."""

    title: str
    house: str
    year: int

    @property
    def caption(self) -> str:
        """The caption of the training picture, which is also the prompt."""
        return f'Poster of the play "{self.title}" at the {self.house} theatre, {self.year}'

    def picture(self, edition: int = 0) -> Pil.Image:
        """The poster (edition 0), or another picture for the same caption."""
        return _drawn(self, edition).copy()


def collection(seed: int, count: int) -> Iterator[Poster]:
    """``count`` different posters."""
    rng = random.Random(f"{seed} posters")
    found: dict[Poster, None] = {}
    while len(found) < count:
        title = f"The {rng.choice(_FIRST)} {rng.choice(_SECOND)}"
        found[Poster(title, rng.choice(_HOUSES), rng.randrange(1900, 2020))] = None
    return iter(found)


def understand(prompt: str) -> Poster | None:
    """The poster that a prompt asks for, or None."""
    found = _CAPTION.search(" ".join(prompt.split()))
    return Poster(found["title"], found["house"], int(found["year"])) if found else None


@lru_cache(maxsize=256)
def _drawn(poster: Poster, edition: int) -> Pil.Image:
    rng = random.Random(f"{poster.title} {poster.house} {poster.year} {edition}")
    hue = rng.random()
    canvas = Canvas(HEIGHT, 1.0, _colour(hue, 0.25, 0.92))
    _bands(canvas, rng, hue)
    for _ in range(rng.randint(6, 10)):
        _shape(canvas, rng, _colour((hue + rng.uniform(0.2, 0.8)) % 1, rng.uniform(0.3, 0.9), rng.uniform(0.2, 0.95)))
    return canvas.finish()


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(hue, saturation, value))
    return red, green, blue


def _bands(canvas: Canvas, rng: random.Random, hue: float) -> None:
    tilt, top = rng.uniform(-30, 30), rng.uniform(30, 80)
    canvas.shape([(0, top + tilt), (100, top - tilt), (100, 100), (0, 100)], _colour(hue, 0.5, 0.6))


def _shape(canvas: Canvas, rng: random.Random, colour: Colour) -> None:
    x, y, reach = rng.uniform(8, 92), rng.uniform(8, 92), rng.uniform(7, 24)
    kind = rng.randrange(5)
    if kind == 0:
        canvas.ellipse(x, y, reach, reach * rng.uniform(0.5, 1), colour)
    elif kind == 1:
        turn = rng.uniform(0, math.tau)
        corners = [(x + reach * math.cos(turn + k), y + reach * math.sin(turn + k)) for k in (0.0, 2.1, 4.2)]
        canvas.shape(corners, colour)
    elif kind == 2:
        canvas.box(x - reach, y - reach * 0.4, x + reach, y + reach * 0.4, colour)
    elif kind == 3:
        canvas.arc(
            (x - reach, y - reach, x + reach, y + reach), (rng.uniform(0, 180), rng.uniform(180, 360)), colour, 3
        )
    else:
        for step in range(4):
            canvas.line([(x - reach, y + step * 4), (x + reach, y + step * 4 - 3)], colour, 1.6)
