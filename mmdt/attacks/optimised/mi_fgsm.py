"""MI-FGSM with input diversity: momentum, and each step sees the picture resized and padded at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmdt.attacks.optimised.descent import gradient_attack
from mmdt.attacks.optimised.views import PLAIN, View, resize_and_pad


def _views(shape: tuple[int, int], rng: np.random.Generator) -> Sequence[View]:
    return (PLAIN if rng.random() < 0.3 else resize_and_pad(*shape, 0.75, rng),)


MI_FGSM = gradient_attack(
    "mi-fgsm",
    "moves pixels by gradients with momentum through random resizing",
    'Dong et al., "Boosting adversarial attacks with momentum", CVPR 2018; Xie et al., "Improving transferability of '
    'adversarial examples with input diversity", CVPR 2019',
    _views,
    momentum=1.0,
)
