"""Faint injection: an instruction at so little contrast that people overlook it."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image as Pil

from mmdt.attacks.injections.instruction import instruction_of
from mmdt.attacks.injections.writing import ink
from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.errors import UsageError


def faint(picture: Pil.Image, text: str, contrast: int) -> Pil.Image:
    """The picture with letters that differ from it by at most ``contrast`` (of 255) in each channel."""
    pixels = np.asarray(picture.convert("RGB"), np.float32)
    height, width = pixels.shape[:2]
    box = (int(0.06 * width), int(0.2 * height), int(0.94 * width), int(0.8 * height))
    letters = np.rint(ink(picture.size, text, box, max(8, height // 8))[..., None] * contrast)
    away = np.where(pixels.mean() > 127, -1, 1)
    return Pil.fromarray(np.clip(pixels + away * letters, 0, 255).astype(np.uint8))


def _change(attempt: Attempt, rng: random.Random, text: str, contrast: int) -> Attempt:
    if not isinstance(contrast, int) or not 1 <= contrast <= 255:
        raise UsageError(f"expected a contrast of 1 to 255, got {contrast!r}", hint="use 8")
    said = instruction_of(attempt, text, FAINT_INJECTION.name)
    return change_pictures(attempt, FAINT_INJECTION.name, lambda picture: faint(picture, said, contrast))


FAINT_INJECTION = Attack(
    "faint-injection",
    I2T,
    _change,
    "writes an instruction that people overlook: little contrast",
    kind="picture",
    parameters={"text": "", "contrast": 8},
    source='Willison, "Multi-modal prompt injection image attacks against GPT-4V", 2023 (off-white on white)',
    constraint="no channel of a pixel changes by more than the contrast",
)
