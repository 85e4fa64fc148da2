"""Square: random squares at the edge of the budget, kept where the score falls."""

from __future__ import annotations

import numpy as np

from mmdt.attacks.optimised.budget import Budget
from mmdt.attacks.queries.search import Asked, query_attack
from mmdt.core.surrogate import Pixels

_SHARES = ((0.002, 0.8), (0.01, 0.4), (0.04, 0.2), (0.1, 0.1), (0.2, 0.05), (0.4, 0.025), (0.6, 0.0125), (1.01, 0.006))
"""Share of the queries used so far -> share of the picture's area in a square (schedule of the paper, p = 0.8)."""


def square(origin: Pixels, asked: Asked, budget: Budget, rng: np.random.Generator) -> Pixels:
    """Starts from vertical stripes; each query tries one square of one colour of +-size."""
    _, height, width, channels = origin.shape
    reach = np.float32(budget.size / 255)
    stripes = np.asarray(rng.choice((-reach, reach), (1, 1, width, channels)), np.float32)
    best = budget.project(origin + stripes, origin)
    loss = float(asked(best)[0])
    while asked.left:
        share = next(area for end, area in _SHARES if asked.used / asked.queries < end)
        side = int(np.clip(round(np.sqrt(share * height * width)), 1, min(height, width)))
        y, x = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
        tried = best.copy()
        colour = np.asarray(rng.choice((-reach, reach), (1, 1, 1, channels)), np.float32)
        part = origin[:, y : y + side, x : x + side]
        tried[:, y : y + side, x : x + side] = part + colour
        tried = budget.project(tried, origin)
        found = float(asked(tried)[0])
        if found < loss:
            best, loss = tried, found
    return best


SQUARE = query_attack(
    "square",
    "tries random squares and keeps those that lower a score",
    'Andriushchenko et al., "Square attack: a query-efficient black-box attack via random search", ECCV 2020',
    square,
)
