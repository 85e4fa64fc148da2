"""Severities of the embedded pictures: corruptions and painting styles from hardly visible to hard to read.

The strengths of ImageNet-C are meant for photographs of natural scenes. Drawn worlds have large things and sharp
contours, so that its noise and its blocks leave all answers readable, while its zoom smears small pictures beyond
recognition. These strengths were chosen on drawings instead, by trying several with one reader of pixels. The aim was
that it answers all questions about clean pictures, loses a fifth of them at severity 5, and finds no severity easier
than the one before. On other questions it loses 17 % (pixelate) to 28 % (noise). A second reader, which had no part in
the choice, confirms the fall under the three corruptions and does not confirm it under paint
(tests/synthetic/worlds/test_severities.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PIL import Image as Pil

from mmdt.attacks.pictures.gaussian_noise import noisy
from mmdt.attacks.pictures.oil_painting import in_dabs
from mmdt.attacks.pictures.pixelate import in_blocks
from mmdt.attacks.pictures.severity import PictureChange, level
from mmdt.attacks.pictures.van_gogh import in_strokes
from mmdt.attacks.pictures.watercolour import in_washes
from mmdt.attacks.pictures.zoom_blur import zoomed

SEVERITIES = range(1, 6)
_NOISE = (0.08, 0.18, 0.28, 0.37, 0.46)
_PIXELS = (0.5, 0.3, 0.2, 0.17, 0.14)
_ZOOM = (1.06, 1.1, 1.14, 1.18, 1.22)
_ZOOM_STEP = 0.02
_STROKES = (0.0, 1.0, 2.0, 3.0, 3.8)
_DABS = (0.0, 0.5, 1.0, 1.5, 2.0)
_WASHES = (0.0, 0.5, 1.0, 1.5, 2.0)


def _gaussian_noise(picture: Pil.Image, severity: int, rng: np.random.Generator) -> Pil.Image:
    return noisy(picture, _NOISE[level(severity)], rng)


def _pixelate(picture: Pil.Image, severity: int, rng: np.random.Generator) -> Pil.Image:
    return in_blocks(picture, _PIXELS[level(severity)])


def _zoom_blur(picture: Pil.Image, severity: int, rng: np.random.Generator) -> Pil.Image:
    return zoomed(picture, _ZOOM[level(severity)], _ZOOM_STEP)


def _van_gogh(picture: Pil.Image, severity: int, rng: np.random.Generator) -> Pil.Image:
    return in_strokes(picture, _STROKES[level(severity)], rng)


def _oil_painting(picture: Pil.Image, severity: int, rng: np.random.Generator) -> Pil.Image:
    return in_dabs(picture, _DABS[level(severity)], rng)


def _watercolour(picture: Pil.Image, severity: int, rng: np.random.Generator) -> Pil.Image:
    return in_washes(picture, _WASHES[level(severity)], rng)


CHANGES: Mapping[str, PictureChange] = {
    "gaussian_noise": _gaussian_noise,
    "zoom_blur": _zoom_blur,
    "pixelate": _pixelate,
    "Van_Gogh": _van_gogh,
    "oil_painting": _oil_painting,
    "watercolour_painting": _watercolour,
}
"""Function by the name of its scenario."""
