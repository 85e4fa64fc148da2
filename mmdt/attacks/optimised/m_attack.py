"""M-Attack-like: each step matches a random crop of the picture with the goal, on all surrogates together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmdt.attacks.optimised.descent import gradient_attack
from mmdt.attacks.optimised.views import View, random_crop


def _views(shape: tuple[int, int], rng: np.random.Generator) -> Sequence[View]:
    return (random_crop(*shape, (0.5, 1.0), rng),)


M_ATTACK = gradient_attack(
    "m-attack",
    "matches random crops with a label or a picture on an ensemble",
    'Li et al., "A frustratingly simple yet highly effective attack baseline" (M-Attack), 2025',
    _views,
    steps=100,
)
