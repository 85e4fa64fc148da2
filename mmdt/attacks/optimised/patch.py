"""Adversarial patch: an area that may look like anything, optimised while the picture around it moves."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image as Pil

from mmdt.attacks.optimised.budget import opened
from mmdt.attacks.optimised.descent import mean_gradient
from mmdt.attacks.optimised.goal import goal_of
from mmdt.attacks.optimised.surrogates import DEFAULT, open_surrogates
from mmdt.attacks.optimised.views import PLAIN, resize_and_pad
from mmdt.attacks.pictures.area import Area, pixels
from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.errors import UsageError


def _change(
    attempt: Attempt, rng: random.Random, surrogates: tuple[str, ...], label: str, area: Area, steps: int, length: float
) -> Attempt:
    goal, networks = goal_of(attempt, PATCH.name, label, None), open_surrogates(surrogates)
    generator = np.random.default_rng(rng.getrandbits(128))

    def patched(picture: Pil.Image) -> Pil.Image:
        data, batch = opened(picture)
        x0, y0, x1, y1 = pixels(picture, area)
        if x1 <= x0 or y1 <= y0:
            raise UsageError(f"the area {tuple(area)!r} has no pixel", hint="use (0.6, 0.6, 0.95, 0.95)")
        batch = batch.copy()
        batch[:, y0:y1, x0:x1] = generator.random((1, y1 - y0, x1 - x0, 3))
        for step in range(steps):
            view = PLAIN if step % 2 else resize_and_pad(data.shape[0], data.shape[1], 0.85, generator)
            slope = mean_gradient(batch, networks, goal, (view,))[:, y0:y1, x0:x1]
            batch[:, y0:y1, x0:x1] = np.clip(batch[:, y0:y1, x0:x1] - np.sign(slope) * length / 255, 0, 1)
        result = data.copy()
        result[y0:y1, x0:x1] = np.rint(batch[0, y0:y1, x0:x1] * 255)
        return Pil.fromarray(result)

    return change_pictures(attempt, PATCH.name, patched)


PATCH = Attack(
    "adversarial-patch",
    I2T,
    _change,
    "optimises a patch by gradients of a surrogate towards a label",
    kind="picture",
    parameters={"surrogates": DEFAULT, "label": "", "area": (0.6, 0.6, 0.95, 0.95), "steps": 60, "length": 12.0},
    access="white",
    source='Brown et al., "Adversarial patch", 2017',
    cost="steps x surrogates gradients",
    constraint="no pixel outside the area changes",
)
