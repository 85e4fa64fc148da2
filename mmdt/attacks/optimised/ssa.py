"""SSA: the gradient is averaged over pictures whose spectrum was changed at random, as other networks might see it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmdt.attacks.optimised.descent import gradient_attack
from mmdt.attacks.optimised.views import View, spectrum

_COPIES, _SPREAD = 5, 0.5


def _views(shape: tuple[int, int], rng: np.random.Generator) -> Sequence[View]:
    return [spectrum(shape, _SPREAD, rng) for _ in range(_COPIES)]


SSA = gradient_attack(
    "ssa",
    "moves pixels by gradients averaged over changed spectra",
    'Long et al., "Frequency domain model augmentation for adversarial attack" (SSA), ECCV 2022',
    _views,
    momentum=1.0,
    steps=20,
)
