"""HopSkipJump: asks for decisions alone, and walks along the border between them towards the original."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mmdt.attacks.optimised.budget import Budget
from mmdt.attacks.queries.search import Asked, query_attack
from mmdt.core.surrogate import Pixels

Decision = Callable[[Pixels], np.ndarray]
"""Whether each picture of a batch is what the attack wants."""


def to_border(inside: Pixels, origin: Pixels, decide: Decision, halvings: int) -> Pixels:
    """The picture between the two, nearest to the original, that is still decided as wanted (bisection)."""
    low, high = 0.0, 1.0
    for _ in range(halvings):
        middle = (low + high) / 2
        if decide(origin + np.float32(middle) * (inside - origin))[0]:
            high = middle
        else:
            low = middle
    return np.asarray(origin + np.float32(high) * (inside - origin), np.float32)


def hop_skip_jump(origin: Pixels, asked: Asked, budget: Budget, rng: np.random.Generator) -> Pixels:
    """What is wanted: a loss below that of half the way from the original to the best of a few pictures of noise. Where
    no noise is better than the original, it stays."""
    noise = np.asarray(rng.random((min(20, asked.left // 4), *origin.shape[1:])), np.float32)
    losses, first = asked(noise), float(asked(origin)[0])
    if losses.min() >= first:
        return origin
    wanted = (first + float(losses.min())) / 2

    def decide(pixels: Pixels) -> np.ndarray:
        return asked(np.asarray(pixels, np.float32)) < wanted

    best = to_border(noise[[int(losses.argmin())]], origin, decide, min(8, asked.left))
    size, turn = int(np.prod(origin.shape)), 1
    while asked.left >= 40:
        distance = float(np.sqrt(np.sum((best - origin) ** 2)))
        directions = np.asarray(
            rng.standard_normal((min(20 * turn, 60, asked.left - 16), *origin.shape[1:])), np.float32
        )
        directions /= np.sqrt(np.sum(directions**2, axis=(1, 2, 3), keepdims=True))
        votes = np.where(decide(np.clip(best + np.float32(distance / np.sqrt(size)) * directions, 0, 1)), 1.0, -1.0)
        votes -= votes.mean() if abs(votes.mean()) < 1 else 0
        ascent = np.tensordot(votes.astype(np.float32), directions, 1)[None]
        ascent /= max(float(np.sqrt(np.sum(ascent**2))), 1e-12)
        step, tries = distance / np.sqrt(turn), 0
        while tries < 8 and not decide(np.clip(best + np.float32(step) * ascent, 0, 1))[0]:
            step, tries = step / 2, tries + 1
        if tries < 8:
            moved = np.asarray(np.clip(best + np.float32(step) * ascent, 0, 1), np.float32)
            best = to_border(moved, origin, decide, min(7, asked.left))
        turn += 1
    return budget.project(best, origin)


HOP_SKIP_JUMP = query_attack(
    "hop-skip-jump",
    "asks for decisions alone and walks along their border",
    'Chen et al., "HopSkipJumpAttack: a query-efficient decision-based attack", IEEE S&P 2020',
    hop_skip_jump,
    norm="l2",
    size=40,
)
