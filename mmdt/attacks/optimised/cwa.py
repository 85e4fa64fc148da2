"""CWA: looks for a common weakness of an ensemble: a flat place of the loss, near to the best of each network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmdt.attacks.optimised.descent import Problem, gradient_attack, mean_gradient, plain_view
from mmdt.core.surrogate import Pixels

_MOMENTUM = 0.9


@dataclass(frozen=True, slots=True)
class CommonWeakness:
    """Each of ``steps`` steps goes uphill a little (so that only flat places pay), then down each network in turn, and
    moves the picture by ``length`` (1/255) along where this has led: MI-CWA, algorithm 1 of the paper."""

    steps: int
    length: float

    def run(self, origin: Pixels, problem: Problem) -> Pixels:
        """The batch after all steps."""
        budget, surrogates, goal, rng = problem.budget, problem.surrogates, problem.goal, problem.rng
        pixels, outer, inner = origin, np.zeros_like(origin), np.zeros_like(origin)
        for _ in range(self.steps):
            seen = problem.views(origin.shape[1:3], rng)
            uphill = mean_gradient(pixels, surrogates, goal, seen)
            moved = budget.project(pixels - budget.step(uphill, self.length), origin)
            for place in rng.permutation(len(surrogates)):
                slope = mean_gradient(moved, [surrogates[place]], goal, seen)
                size = np.sqrt(np.mean(slope**2, axis=(1, 2, 3), keepdims=True))
                inner = np.asarray(_MOMENTUM * inner + slope / np.maximum(size, 1e-12), np.float32)
                moved = budget.project(moved - np.float32(self.length / 255) * inner, origin)
            outer = np.asarray(_MOMENTUM * outer + (pixels - moved), np.float32)
            pixels = budget.project(pixels + budget.step(outer, self.length), origin)
        return pixels


CWA = gradient_attack(
    "cwa",
    "seeks flat places that all surrogates of an ensemble share",
    'Chen et al., "Rethinking model ensemble in transfer-based adversarial attacks" (CWA), ICLR 2024',
    plain_view,
    steps=20,
    runner=CommonWeakness,
)
