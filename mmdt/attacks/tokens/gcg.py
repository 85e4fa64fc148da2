"""GCG-like suffix: gradients say which tokens to try, and the best of a few random swaps among them is kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmdt.attacks.optimised.goal import goal_of
from mmdt.attacks.tokens.hunt import Hunt, Ids, token_attack
from mmdt.core.attack import Attempt
from mmdt.core.surrogate import TextSurrogate, Vector

_TOP, _TRIES = 32, 48


def gcg(hunt: Hunt, steps: int, rng: np.random.Generator) -> Ids:
    """Each step tries swaps of one token for one of the most promising at its place (algorithm 1 of the paper)."""
    best = hunt.random(1, rng)[0]
    least = float(hunt.losses(best[None])[0])
    top = min(_TOP, len(hunt.allowed))
    for _ in range(steps):
        promising = np.argpartition(hunt.slopes(best), top - 1, axis=1)[:, :top]
        rows = np.repeat(best[None], _TRIES, 0)
        places = rng.integers(0, hunt.count, _TRIES)
        rows[np.arange(_TRIES), places] = hunt.allowed[promising[places, rng.integers(0, top, _TRIES)]]
        losses = hunt.losses(rows)
        if losses.min() < least:
            best, least = rows[int(losses.argmin())], float(losses.min())
    return np.asarray(best)


def towards_label(encoder: TextSurrogate, attempt: Attempt, given: dict[str, Any]) -> Vector:
    """Towards the label and away from what is there."""
    return encoder.direction(goal_of(attempt, GCG_SUFFIX.name, given["label"], None))


GCG_SUFFIX = token_attack(
    "gcg-suffix",
    "appends words that a text encoder takes for a label, found by gradients",
    'Zou et al., "Universal and transferable adversarial attacks on aligned language models" (GCG), 2023; for text '
    "encoders as in MMDT",
    gcg,
    towards_label,
    access="white",
    steps=20,
    cost=f"steps x (1 gradient + {_TRIES} scores) of a text encoder",
)
