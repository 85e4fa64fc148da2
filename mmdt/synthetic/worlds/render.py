"""Renders scenes as pictures."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from mmdt.synthetic.worlds.backgrounds import background, scatter_clutter
from mmdt.synthetic.worlds.palette import COLORS
from mmdt.synthetic.worlds.scene import Frame, Scene, Thing
from mmdt.synthetic.worlds.sprites.library import sprite
from mmdt.synthetic.worlds.text import draw_sign

SIDE = 256
"""Default side length of a picture in pixels."""
HALO = 0.012
"""Width of the gap around a thing in front of another, as a share of the picture's side."""


def render(scene: Scene, side: int = SIDE) -> Image.Image:
    """The scene as an RGB picture of ``side`` x ``side`` pixels; the same scene always gives the same pixels."""
    ground = background(scene.background, side)
    picture = ground.copy()
    if scene.clutter:
        scatter_clutter(picture, scene.clutter, scene.seed)
    for frame in scene.frames:
        _outline(picture, frame)
    crowded = bool(scene.clutter or scene.frames) or len(scene.things) > 1
    for thing in scene.things:
        _paste(picture, ground, thing, crowded)
    for sign in scene.signs:
        draw_sign(picture, sign)
    return picture


def _paste(picture: Image.Image, ground: Image.Image, thing: Thing, crowded: bool) -> None:
    side = picture.width
    pixels = max(8, round(thing.size * side))
    drawn = sprite(thing.kind, thing.color, pixels, thing.action)
    x, y = round(thing.x * side - drawn.width / 2), round(thing.y * side - drawn.height / 2)
    if crowded:  # the gap separates overlapping things, as in a collage of stickers
        room = max(2, round(HALO * side))
        halo = _halo(thing.kind, pixels, thing.action, room)
        corner = (x - room, y - room)
        under = ground.crop((*corner, corner[0] + halo.width, corner[1] + halo.height))
        picture.paste(under, corner, halo)
    picture.paste(drawn, (x, y), drawn)


@lru_cache(maxsize=1024)
def _halo(kind: str, pixels: int, action: str, room: int) -> Image.Image:
    """A mask of the outline, grown by ``room`` pixels."""
    alpha = sprite(kind, "red", pixels, action).getchannel("A")
    grown = Image.new("L", (alpha.width + 2 * room, alpha.height + 2 * room), 0)
    grown.paste(alpha, (room, room))
    # a box blur reaches as far as a maximum filter would and is many times faster
    return grown.filter(ImageFilter.BoxBlur(room)).point([0, 0] + [255] * 254)


def _outline(picture: Image.Image, frame: Frame) -> None:
    x0, y0, x1, y1 = (round(edge * picture.width) for edge in frame.box)
    width = max(2, round(0.012 * picture.width))
    ImageDraw.Draw(picture).rectangle((x0, y0, x1, y1), outline=COLORS[frame.color], width=width)
