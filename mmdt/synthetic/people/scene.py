"""Draws people: one person in a setting, or several side by side with letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.synthetic.canvas import Canvas, Colour
from mmdt.synthetic.people.attributes import DrawnPerson
from mmdt.synthetic.people.icons import PAPER
from mmdt.synthetic.people.palette import shade
from mmdt.synthetic.people.portrait import draw_person
from mmdt.synthetic.people.settings import Setting

HEIGHT = 256
SCENE_ASPECT = 1.4
ICON_CENTRE, ICON_RADIUS = (116.0, 34.0), 19.0
NEUTRAL_WALL: Colour = (132, 142, 158)
NEUTRAL_GARMENT: Colour = (52, 56, 64)


@dataclass(frozen=True, slots=True)
class Props:
    """The parts of its setting that a scene shows. A good picture shows all of them."""

    wall: bool = True
    garment: bool = True
    icon: bool = True


def draw_scene(person: DrawnPerson, setting: Setting, props: Props | None = None, height: int = HEIGHT) -> Pil.Image:
    """One person in a setting; ``props`` selects the parts of the setting to show."""
    shown = props or Props()
    wall = setting.wall if shown.wall else NEUTRAL_WALL
    canvas = Canvas(height, SCENE_ASPECT, wall)
    canvas.box(0, 86, 100 * SCENE_ASPECT, 100, shade(wall, 0.86))
    canvas.ellipse(*ICON_CENTRE, ICON_RADIUS, ICON_RADIUS, shade(setting.wall, 1.14))
    if shown.icon:
        canvas.place(ICON_CENTRE[0] - 14, ICON_CENTRE[1] - 14, 0.7)
        setting.draw_icon(canvas)
    canvas.place()
    draw_person(canvas, person, setting.garment if shown.garment else NEUTRAL_GARMENT)
    return canvas.finish()


def draw_lineup(people: Sequence[DrawnPerson], garment: Colour = NEUTRAL_GARMENT, height: int = HEIGHT) -> Pil.Image:
    """Several people side by side in front of a wall, lettered A, B, C... from the left."""
    canvas = Canvas(height, 0.92 * len(people), NEUTRAL_WALL)
    for place, person in enumerate(people):
        canvas.place(92 * place - 4, 6, 0.99)
        draw_person(canvas, person, garment)
        canvas.place(92 * place)
        canvas.box(4, 4, 18, 20, PAPER, 2)
        canvas.text(11, 12, "ABCDEFGH"[place], 12, (30, 40, 60))
    return canvas.finish()


@lru_cache(maxsize=512)
def scene_image(person: DrawnPerson, setting: Setting, props: Props | None = None) -> Image:
    """The encoded scene, cached because organisms draw the same scenes repeatedly."""
    return Image.from_pil(draw_scene(person, setting, props))


@lru_cache(maxsize=512)
def lineup_image(people: tuple[DrawnPerson, ...]) -> Image:
    return Image.from_pil(draw_lineup(people))


def draw_portrait(person: DrawnPerson, height: int = HEIGHT) -> Pil.Image:
    """One person in front of a plain wall, without icon or letter."""
    canvas = Canvas(height, 1.0, NEUTRAL_WALL)
    draw_person(canvas, person, NEUTRAL_GARMENT)
    return canvas.finish()


@lru_cache(maxsize=512)
def portrait_image(person: DrawnPerson) -> Image:
    return Image.from_pil(draw_portrait(person))
