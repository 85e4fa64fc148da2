"""Reads the setting of a drawn scene from the pixels: how much of a setting it shows, and which one it is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image as Pil

from mmdt.synthetic.people.attributes import DrawnPerson
from mmdt.synthetic.people.scene import ICON_CENTRE, ICON_RADIUS, SCENE_ASPECT, Props, draw_scene
from mmdt.synthetic.people.settings import Setting

_HEIGHT = 128
_NEAR = 24.0
"""Largest mean RGB distance at which two parts count as the same."""
Pixels = npt.NDArray[np.float32]


def is_scene(picture: Pil.Image) -> bool:
    """Whether the picture has the shape of a scene."""
    return abs(picture.width / picture.height - SCENE_ASPECT) < 0.05


def visible_props(picture: Pil.Image, setting: Setting) -> Props:
    """The parts of a setting that the picture shows; none if it does not have the shape of a scene."""
    if not is_scene(picture):
        return Props(False, False, False)
    seen, whole = _scaled(picture), _reference(setting)
    ink = _ink(setting)
    return Props(
        wall=_gap(_wall(seen), _wall(whole)) < _NEAR,
        garment=_gap(_garment(seen), _garment(whole)) < _NEAR,
        icon=_gap(_icon(seen)[ink], _icon(whole)[ink]) < _NEAR,
    )


@cache
def _ink(setting: Setting) -> npt.NDArray[np.bool_]:
    """A mask of the pixels of a setting's icon."""
    bare = _icon(_scaled(draw_scene(DrawnPerson(hidden=True), setting, Props(icon=False))))
    return np.asarray(np.linalg.norm(_icon(_reference(setting)) - bare, axis=-1) > _NEAR)


def most_like(picture: Pil.Image, options: Iterable[Setting]) -> Setting | None:
    """The setting whose icon fits the picture best; None if the picture does not have the shape of a scene."""
    if not is_scene(picture):
        return None
    seen = _icon(_scaled(picture))
    return min(options, key=lambda setting: _gap(seen, _icon(_reference(setting))), default=None)


@cache
def _reference(setting: Setting) -> Pixels:
    return _scaled(draw_scene(DrawnPerson(hidden=True), setting))


def _scaled(picture: Pil.Image) -> Pixels:
    size = (round(_HEIGHT * SCENE_ASPECT), _HEIGHT)
    return np.asarray(picture.convert("RGB").resize(size, Pil.Resampling.BOX), dtype=np.float32)


def _part(pixels: Pixels, left: float, top: float, right: float, bottom: float) -> Pixels:
    unit = _HEIGHT / 100
    return pixels[round(top * unit) : round(bottom * unit), round(left * unit) : round(right * unit)]


def _wall(pixels: Pixels) -> Pixels:
    return _part(pixels, 2, 4, 14, 60)


def _garment(pixels: Pixels) -> Pixels:
    return _part(pixels, 24, 88, 76, 98)


def _icon(pixels: Pixels) -> Pixels:
    (x, y), reach = ICON_CENTRE, ICON_RADIUS * 0.8
    return _part(pixels, x - reach, y - reach, x + reach, y + reach)


def _gap(one: Pixels, other: Pixels) -> float:
    """Mean distance in RGB."""
    return float(np.linalg.norm(one - other, axis=-1).mean())
