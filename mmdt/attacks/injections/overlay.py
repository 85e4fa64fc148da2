"""Overlay injection: an instruction across the picture in large letters, half transparent."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image as Pil

from mmdt.attacks.injections.instruction import instruction_of
from mmdt.attacks.injections.writing import ink
from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt


def overlay(picture: Pil.Image, text: str, top: float, opacity: float) -> Pil.Image:
    """The picture with white letters on a dark shade, from ``top`` (share of the height) over a third of it."""
    pixels = np.asarray(picture.convert("RGB"), np.float32)
    height, width = pixels.shape[:2]
    y0, y1 = int(top * height), int((top + 0.33) * height)
    letters = ink(picture.size, text, (int(0.04 * width), y0, int(0.96 * width), y1), max(8, height // 9))[..., None]
    shaded = pixels.copy()
    shaded[y0:y1] *= 1 - 0.7 * opacity
    shown = shaded + letters * (255 - shaded) * opacity
    return Pil.fromarray((np.clip(shown, 0, 255) + 0.5).astype(np.uint8))


def _change(attempt: Attempt, rng: random.Random, text: str, opacity: float) -> Attempt:
    said = instruction_of(attempt, text, OVERLAY_INJECTION.name)
    top = rng.uniform(0.05, 0.6)
    return change_pictures(attempt, OVERLAY_INJECTION.name, lambda picture: overlay(picture, said, top, opacity))


OVERLAY_INJECTION = Attack(
    "overlay-injection",
    I2T,
    _change,
    "writes an instruction across the picture in large letters",
    kind="picture",
    parameters={"text": "", "opacity": 0.9},
    source='Bagdasaryan et al., "Abusing images and sounds for indirect instruction injection", 2023',
    constraint="the prompt stays, and two thirds of the picture's height are untouched",
)
