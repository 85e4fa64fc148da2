"""Sprites: different kinds differ in shape, colours differ in colour."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from mmdt.synthetic.worlds.palette import COLORS
from mmdt.synthetic.worlds.sprites.library import ACTIONS, OBJECTS, PERSON, sprite

NAMES = [(kind, "") for kind in OBJECTS] + [(PERSON, action) for action in ACTIONS]


def drawn(kind: str, action: str, color: str = "blue", side: int = 48) -> np.ndarray:
    """The sprite in the middle of a square, RGBA."""
    square = np.zeros((side, side, 4), np.float64)
    picture = np.asarray(sprite(kind, color, side, action), np.float64)
    top, left = (side - picture.shape[0]) // 2, (side - picture.shape[1]) // 2
    square[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return square


def test_there_are_enough_objects_colours_and_actions() -> None:
    assert len(OBJECTS) >= 12
    assert len(COLORS) >= 8
    assert len(ACTIONS) >= 5


def test_kinds_differ_even_in_the_same_colour() -> None:
    pictures = {name: drawn(*name) for name in NAMES}
    for one, two in combinations(NAMES, 2):
        differing = np.abs(pictures[one] - pictures[two]).max(axis=-1) > 80
        union = np.maximum(pictures[one][..., 3], pictures[two][..., 3]) > 127
        assert differing.sum() / union.sum() > 0.2, (one, two)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[1] or name[0])
def test_the_colour_shows(name: tuple[str, str]) -> None:
    kind, action = name
    for one, two in combinations(COLORS, 2):
        first, second = drawn(kind, action, one, 40), drawn(kind, action, two, 40)
        assert np.array_equal(first[..., 3], second[..., 3]), "colour must not change the shape"
        changed = np.abs(first - second).max(axis=-1) > 12
        assert changed.sum() >= 0.05 * (first[..., 3] > 127).sum()


@pytest.mark.parametrize("side", [8, 31, 64, 200, 500])
def test_a_sprite_has_the_requested_size_and_touches_its_borders(side: int) -> None:
    for kind, action in NAMES:
        picture = sprite(kind, "red", side, action)
        assert max(picture.size) == side
        alpha = np.asarray(picture.getchannel("A"))
        assert alpha[0].any() and alpha[-1].any() and alpha[:, 0].any() and alpha[:, -1].any()
