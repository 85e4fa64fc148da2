"""Corruptions of pictures as plain functions: what sensors, lenses and scaling do, at severities 1 to 5."""

from __future__ import annotations

from collections.abc import Mapping

from mmdt.attacks.pictures.gaussian_noise import gaussian_noise
from mmdt.attacks.pictures.pixelate import pixelate
from mmdt.attacks.pictures.severity import PictureChange
from mmdt.attacks.pictures.zoom_blur import zoom_blur

CORRUPTIONS: Mapping[str, PictureChange] = {
    "gaussian_noise": gaussian_noise,
    "zoom_blur": zoom_blur,
    "pixelate": pixelate,
}
"""Function by the name that the published data gives it."""
