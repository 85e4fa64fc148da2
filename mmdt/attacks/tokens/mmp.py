"""MMP-like suffix: tokens towards a label in words and in a picture, by steps on a relaxed choice of tokens."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmdt.attacks.optimised.goal import goal_of
from mmdt.attacks.tokens.hunt import Hunt, Ids, token_attack
from mmdt.core.attack import Attempt
from mmdt.core.image import Image
from mmdt.core.surrogate import Goal, TextSurrogate, Vector


def relaxed(hunt: Hunt, steps: int, rng: np.random.Generator) -> Ids:
    """A weight for each token at each place is moved against the gradient at the likeliest tokens (a straight-through
    estimate); the best row on the way is kept."""
    weights = rng.standard_normal((hunt.count, len(hunt.allowed)))
    best, least, rate = hunt.random(1, rng)[0], np.inf, 0.5
    for _ in range(steps):
        row = hunt.allowed[weights.argmax(1)]
        loss = float(hunt.losses(row[None])[0])
        if loss < least:
            best, least = row, loss
        slope = hunt.slopes(row)
        weights -= rate * slope / np.maximum(slope.std(1, keepdims=True), 1e-12)
    return np.asarray(best)


def towards_both(encoder: TextSurrogate, attempt: Attempt, given: dict[str, Any]) -> Vector:
    """The mean of the directions to the label and to the picture ``wanted``, where one is given."""
    goal = goal_of(attempt, MMP_SUFFIX.name, given["label"], None)
    said = encoder.direction(goal)
    if not isinstance(given["wanted"], Image):
        return said
    seen = encoder.direction(Goal(picture=given["wanted"], away=goal.away))
    return np.asarray((said + seen) / 2, np.float32)


MMP_SUFFIX = token_attack(
    "mmp-suffix",
    "appends words near to a label in words and in a picture",
    'Yang et al., "On the multi-modal vulnerability of diffusion models" (MMP-Attack), 2024',
    relaxed,
    towards_both,
    access="white",
    steps=200,
    cost="steps x (1 gradient + 1 score) of a text encoder",
    more={"wanted": None},
)
