"""Pictograms are well formed, differ from each other and are found in pixels."""

import numpy as np
import pytest
from PIL import Image as Pil

from mmdt.attacks.drawing.pictogram import SIDE, draw, find, pictograms


def test_each_fills_its_square_without_gaps_and_is_unique() -> None:
    shapes = pictograms()
    assert len({mask.tobytes() for mask in shapes.values()}) == len(shapes) >= 12
    for name, mask in shapes.items():
        assert mask.shape == (SIDE, SIDE), name
        assert mask.any(axis=0).all() and mask.any(axis=1).all(), f"{name} has a blank row or column"


@pytest.mark.parametrize("name", sorted(pictograms()))
@pytest.mark.parametrize("scale", [1, 3, 8])
def test_a_pictogram_is_found_anywhere(name: str, scale: int) -> None:
    picture = Pil.new("RGB", (400, 300), (200, 220, 250))
    draw(picture, name, (7 * scale, 5 * scale), scale, (60, 10, 30))
    draw(picture, "sock", (25 * scale, 6 * scale), scale, (0, 0, 0))
    assert sorted(find(picture)) == sorted([name, "sock"])


def test_a_changed_pixel_is_no_longer_the_pictogram() -> None:
    picture = Pil.new("RGB", (64, 64), "white")
    draw(picture, "map", (10, 10), 2, (0, 0, 0))
    picture.putpixel((10, 10), (255, 255, 255))
    assert find(picture) == []


def test_none_is_found_in_plain_pictures_and_noise() -> None:
    assert find(Pil.new("RGB", (160, 160), "black")) == find(Pil.new("RGB", (160, 160), "white")) == []
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    assert find(Pil.fromarray(noise)) == []
