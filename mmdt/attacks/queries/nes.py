"""NES: the gradient is estimated from scores of pairs of opposite noise, and followed as PGD would."""

from __future__ import annotations

import numpy as np

from mmdt.attacks.optimised.budget import Budget
from mmdt.attacks.queries.search import Asked, query_attack
from mmdt.core.surrogate import Pixels

_PAIRS, _SIGMA = 10, 0.03


def estimate(score: Asked, pixels: Pixels, pairs: int, sigma: float, rng: np.random.Generator) -> Pixels:
    """The gradient of a score at one picture, from ``pairs`` antithetic pairs of Gaussian noise: its expectation is the
    gradient of the score smoothed by that noise."""
    noise = np.asarray(rng.standard_normal((pairs, *pixels.shape[1:])), np.float32)
    losses = score(np.concatenate([pixels + sigma * noise, pixels - sigma * noise]))
    weights = np.asarray(losses[:pairs] - losses[pairs:], np.float32) / (2 * sigma * pairs)
    return np.asarray(np.tensordot(weights, noise, 1)[None], np.float32)


def nes(origin: Pixels, asked: Asked, budget: Budget, rng: np.random.Generator) -> Pixels:
    """Momentum over the estimates, since each is noisy; the best picture that was scored is kept."""
    pixels, direction = origin, np.zeros_like(origin)
    best, least = origin, float(asked(origin)[0])
    while asked.left >= 2 * _PAIRS + 1:
        direction = np.asarray(0.9 * direction + estimate(asked, pixels, _PAIRS, _SIGMA, rng), np.float32)
        pixels = budget.project(pixels + budget.step(direction, budget.size / 8), origin)
        loss = float(asked(pixels)[0])
        if loss < least:
            best, least = pixels, loss
    return best


NES = query_attack(
    "nes",
    "estimates gradients from scores and follows them",
    'Ilyas et al., "Black-box adversarial attacks with limited queries and information" (NES), ICML 2018',
    nes,
)
