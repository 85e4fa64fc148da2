"""Corruptions and painting styles: strength grows with severity, content stays, seeds decide."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from mmdt.attacks.pictures import painterly
from mmdt.attacks.pictures.corruptions import CORRUPTIONS
from mmdt.attacks.pictures.styles import STYLES
from mmdt.errors import UsageError

CHANGES = {**CORRUPTIONS, **STYLES}


def picture(width: int = 96, height: int = 80) -> Image.Image:
    """Two coloured discs on a pale slope."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([200 + x // 4, 220 - y // 8, np.full_like(x, 235)], axis=-1)
    pixels[(x - 30) ** 2 + (y - 40) ** 2 < 300] = (200, 30, 40)
    pixels[(x - 70) ** 2 + (y - 30) ** 2 < 150] = (30, 60, 190)
    return Image.fromarray(pixels.astype(np.uint8))


def change(name: str, severity: int, seed: int = 0, given: Image.Image | None = None) -> np.ndarray:
    return np.asarray(CHANGES[name](given or picture(), severity, np.random.default_rng(seed)), float)


@pytest.mark.parametrize("name", CHANGES)
def test_severity_is_strength(name: str) -> None:
    plain = np.asarray(picture(), float)
    distances = [float(np.abs(change(name, severity) - plain).mean()) for severity in range(1, 6)]
    assert distances[0] > 0.2
    assert distances[4] > 1.2 * distances[0]
    assert all(later > 0.93 * earlier for earlier, later in pairwise(distances)), distances


@pytest.mark.parametrize("name", CHANGES)
def test_the_content_stays_where_it_is(name: str) -> None:
    for severity in (1, 5):
        changed = change(name, severity)
        red, blue = changed[36:45, 26:35].mean(axis=(0, 1)), changed[27:34, 67:74].mean(axis=(0, 1))
        assert red[0] > red[2] + 20
        assert blue[2] > blue[0] + 20


@pytest.mark.parametrize("name", CHANGES)
def test_size_mode_and_seed(name: str) -> None:
    for size in ((96, 80), (33, 50), (1, 1)):
        changed = CHANGES[name](picture().resize(size).convert("RGBA"), 3, np.random.default_rng(0))
        assert (changed.size, changed.mode) == (size, "RGB")
    assert np.array_equal(change(name, 2, seed=1), change(name, 2, seed=1))
    if name not in ("zoom_blur", "pixelate"):
        assert not np.array_equal(change(name, 2, seed=1), change(name, 2, seed=2))


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("severity", [0, 6, -1])
def test_other_severities_are_refused(name: str, severity: int) -> None:
    with pytest.raises(UsageError, match="use 1 to 5"):
        change(name, severity)


def test_noise_has_the_stated_standard_deviation() -> None:
    grey = Image.new("RGB", (300, 300), (128, 128, 128))
    assert change("gaussian_noise", 1, given=grey).std() == pytest.approx(0.08 * 255, rel=0.03)
    assert change("gaussian_noise", 2, given=grey).std() == pytest.approx(0.12 * 255, rel=0.03)


def test_pixelated_pictures_are_made_of_blocks() -> None:
    blocks = change("pixelate", 5, given=picture(96, 80))
    assert np.array_equal(blocks[::4, ::4].repeat(4, axis=0).repeat(4, axis=1), blocks)


def test_zoom_blur_keeps_the_middle_and_smears_the_rim() -> None:
    specks = np.random.default_rng(0).integers(0, 2, (101, 101), np.uint8) * 255
    blurred = change("zoom_blur", 5, given=Image.fromarray(specks).convert("RGB"))[..., 0]
    assert blurred[50, 50] == specks[50, 50]
    assert blurred[:20, :20].std() < 0.6 * blurred[46:55, 46:55].std()


def test_kuwahara_smooths_and_keeps_edges() -> None:
    rng = np.random.default_rng(0)
    step = np.zeros((40, 40, 3), np.float32)
    step[:, 20:] = 1
    smooth = painterly.kuwahara(step + rng.normal(0, 0.05, step.shape).astype(np.float32), 4)
    assert smooth[:, :18].std() < 0.04
    assert abs(float(smooth[:, 22:].mean() - smooth[:, :18].mean()) - 1) < 0.02
    assert smooth[:, 19].mean() < 0.1
    assert smooth[:, 20].mean() > 0.9


def test_oil_takes_the_commonest_level() -> None:
    """A speck in a dark field takes the field's colour, since it is outvoted."""
    pixels = np.full((15, 15, 3), 0.2, np.float32)
    pixels[7, 7] = 1.0
    painted = painterly.oil(pixels, 2, 8)
    assert painted == pytest.approx(np.full_like(pixels, 0.2), abs=1e-5)


def test_averaging_along_a_flow_smears_along_it_alone() -> None:
    pixels = np.zeros((21, 21, 1), np.float32)
    pixels[10, 10] = 1.0
    zeros, ones = np.zeros((21, 21), np.float32), np.ones((21, 21), np.float32)
    smeared = painterly.along(pixels, zeros, ones, 3)[..., 0]
    assert smeared[10, 7:14] == pytest.approx([1 / 7] * 7)
    assert smeared.sum() == pytest.approx(1.0)


def test_the_flow_runs_along_edges() -> None:
    stripes = np.tile((np.arange(40) % 10 < 5)[None, :, None], (40, 1, 3)).astype(np.float32)
    rows, columns = painterly.flow(stripes, 2.0, np.zeros((40, 40), np.float32))
    assert np.abs(rows[10:30, 10:30]).min() > 0.95
    assert np.abs(columns[10:30, 10:30]).max() < 0.3
