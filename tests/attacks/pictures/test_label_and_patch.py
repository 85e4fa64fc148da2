"""A written label and a scrambled patch cover their area and nothing else."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image

from mmdt.attacks.pictures.scrambled_patch import patch, scrambled
from mmdt.attacks.pictures.typographic_label import typographic

GREY = Image.new("RGB", (200, 160), (128, 128, 128))


def changed_box(attacked: Image.Image) -> tuple[int, int, int, int]:
    difference = np.abs(np.asarray(attacked, int) - np.asarray(GREY, int)).max(axis=-1) > 0
    rows, columns = np.flatnonzero(difference.any(axis=1)), np.flatnonzero(difference.any(axis=0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@pytest.mark.parametrize("text", ["NO", "A LONG LABEL THAT MUST SHRINK"])
def test_a_label_stays_in_its_area(text: str) -> None:
    x0, y0, x1, y1 = changed_box(typographic(GREY, text, (0.1, 0.6, 0.9, 0.9)))
    assert 20 <= x0 < x1 <= 181
    assert 96 <= y0 < y1 <= 145


def test_a_patch_stays_in_its_area_and_holds_the_wanted_colours() -> None:
    wanted = Image.new("RGB", (60, 60), (250, 0, 0))
    attacked = patch(GREY, wanted, (0.5, 0.5, 0.8, 0.8), random.Random(0))
    x0, y0, x1, y1 = changed_box(attacked)
    assert 100 <= x0 < x1 <= 160
    assert 80 <= y0 < y1 <= 128
    assert attacked.getpixel(((x0 + x1) // 2, (y0 + y1) // 2)) == (250, 0, 0)
    assert GREY.getpixel((0, 0)) == (128, 128, 128)


def test_scrambling_keeps_pixels_and_loses_order() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (36, 36, 3), np.uint8)
    mixed = np.asarray(scrambled(Image.fromarray(pixels), 6, random.Random(0)))
    assert sorted(map(tuple, mixed.reshape(-1, 3).tolist())) == sorted(map(tuple, pixels.reshape(-1, 3).tolist()))
    assert not np.array_equal(mixed, pixels)
