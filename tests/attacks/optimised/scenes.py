"""Drawn scenes for small networks: one shape in a colour, or one shape beside another, on a ground with texture."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import permutations

from PIL import Image as Pil
from PIL import ImageDraw

SIDE = 64
"""Pixels along a side of a scene."""
COLOURS = {"red": (205, 50, 50), "green": (50, 160, 70), "blue": (55, 85, 200), "yellow": (230, 205, 60)}
SHAPES = ("circle", "square", "triangle", "cross")
OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}
PHRASES = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}


@dataclass(frozen=True, slots=True)
class Scene:
    """``single``: a shape in a colour. Else ``shape`` stands in the ``relation`` to ``other``, in any colours."""

    shape: str
    colour: str = ""
    relation: str = ""
    other: str = ""

    @property
    def words(self) -> str:
        """What it shows: "a red circle" or "a circle to the left of a square"."""
        if self.other:
            return f"a {self.shape} {PHRASES[self.relation]} a {self.other}"
        return f"a {self.colour} {self.shape}"

    @property
    def seen_from_the_other(self) -> Scene:
        """The same scene in other words: "a square to the right of a circle"."""
        return Scene(self.other, "", OPPOSITE[self.relation], self.shape) if self.other else self


SINGLE = tuple(Scene(shape, colour) for shape in SHAPES for colour in COLOURS)
PAIRS = tuple(Scene(one, "", relation, two) for one, two in permutations(SHAPES, 2) for relation in OPPOSITE)
ALL = SINGLE + PAIRS


def draw(scene: Scene, rng: random.Random) -> Pil.Image:
    """The scene on a grey or brown ground with a little texture; sizes, places and shades are drawn by ``rng``."""
    grey = rng.randrange(60, 150) + rng.randrange(-20, 20)
    ground = [max(0, min(255, grey + rng.randrange(-20, 20))) for _ in range(3)]
    picture = Pil.new("RGB", (SIDE, SIDE), tuple(ground))
    pen = ImageDraw.Draw(picture)
    for _ in range(8):
        x, y, shade = rng.randrange(-8, SIDE), rng.randrange(-8, SIDE), rng.randrange(-14, 15)
        pen.ellipse((x, y, x + rng.randrange(6, 18), y + rng.randrange(4, 12)), _shaded(ground, shade))
    if not scene.other:
        size = rng.randrange(24, 42)
        _shape(
            pen,
            scene.shape,
            _ink(scene.colour, rng),
            rng.randrange(2, SIDE - size - 1),
            rng.randrange(2, SIDE - size - 1),
            size,
        )
        return picture
    one, two = rng.randrange(18, 27), rng.randrange(18, 27)
    along = [rng.randrange(1, 6), SIDE - two - 1 - rng.randrange(1, 6)]
    across = [rng.randrange(10, SIDE - one - 10), rng.randrange(10, SIDE - two - 10)]
    first, second = (scene.shape, scene.other) if scene.relation in ("left", "above") else (scene.other, scene.shape)
    for shape, at, side, size in zip((first, second), along, across, (one, two), strict=True):
        x, y = (at, side) if scene.relation in ("left", "right") else (side, at)
        _shape(pen, shape, _ink(rng.choice(list(COLOURS)), rng), x, y, size)
    return picture


def _ink(colour: str, rng: random.Random) -> tuple[int, ...]:
    return tuple(max(0, min(255, value + rng.randrange(-20, 21))) for value in COLOURS[colour])


def _shaded(colour: list[int], shade: int) -> tuple[int, ...]:
    return tuple(max(0, min(255, value + shade)) for value in colour)


def _shape(pen: ImageDraw.ImageDraw, shape: str, ink: tuple[int, ...], x: int, y: int, size: int) -> None:
    if shape == "circle":
        pen.ellipse((x, y, x + size, y + size), ink)
    elif shape == "square":
        pen.rectangle((x, y, x + size, y + size), ink)
    elif shape == "triangle":
        pen.polygon(((x, y + size), (x + size, y + size), (x + size // 2, y)), ink)
    else:
        third = size // 3
        pen.rectangle((x + third, y, x + size - third, y + size), ink)
        pen.rectangle((x, y + third, x + size, y + size - third), ink)
