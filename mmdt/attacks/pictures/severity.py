"""Attacks on pictures with a severity from 1 to 5: corruptions and painting styles."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from PIL import Image as Pil

from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.errors import UsageError

PictureChange = Callable[[Pil.Image, int, np.random.Generator], Pil.Image]
"""``change(picture, severity, rng)`` returns an RGB picture of the same size. Raises UsageError for a severity that is
not 1 to 5."""

IMAGENET_C = (
    'Hendrycks and Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations", '
    "ICLR 2019, section 4"
)
"""The source of the corruptions' strengths, so that numbers can be compared. The code is mmdt's own."""

STYLES = "MMDT, out-of-distribution robustness"
"""The source of the idea to paint pictures in styles; the filters name theirs."""

DEFAULT = 2
"""The severity unless another is given: people still answer every question at a glance."""


def level(severity: int) -> int:
    """Severity 1 to 5 as an index 0 to 4. Raises UsageError for anything else."""
    if severity not in range(1, 6):
        raise UsageError(f"severity {severity} does not exist", hint="use 1 to 5")
    return severity - 1


def severity_attack(name: str, change: PictureChange, about: str, source: str = STYLES) -> Attack:
    """The attack that changes every picture of an attempt by ``change``.

    Its NumPy generator is seeded from the attempt's random numbers.
    """

    def apply(attempt: Attempt, rng: random.Random, severity: int) -> Attempt:
        generator = np.random.default_rng(rng.getrandbits(128))
        return change_pictures(attempt, name, lambda picture: change(picture, severity, generator))

    kept = "the picture keeps its size, and people still see its content at a glance at severity 2"
    return Attack(
        name, I2T, apply, about, kind="picture", parameters={"severity": DEFAULT}, source=source, constraint=kept
    )
