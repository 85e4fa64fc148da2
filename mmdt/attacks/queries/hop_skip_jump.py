"""HopSkipJump: asks for decisions alone, and walks along the border between them towards the original."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mmdt.attacks.optimised.budget import Budget
from mmdt.attacks.queries.search import Asked, query_attack
from mmdt.core.surrogate import Pixels

Decision = Callable[[Pixels], np.ndarray]
"""Whether each picture of a batch is what the attack wants."""


_NOISE, _EXACT = 0.1, 0.001
"""Length of the noise that is asked about at the border, and how exactly the border is found, as shares of the distance
to the original. The noise must be much longer: beside the border, all of it is on the same side and says nothing."""

_FIRST = 20
"""Pictures of noise that the first turn asks about; later turns ask about more, as the square root of their number."""


def to_border(inside: Pixels, origin: Pixels, decide: Decision, asked: Asked) -> Pixels:
    """The picture between the two, nearest to the original, that is still decided as wanted (bisection)."""
    low, high = 0.0, 1.0
    while high - low > _EXACT and asked.left:
        middle = (low + high) / 2
        if decide(origin + np.float32(middle) * (inside - origin))[0]:
            high = middle
        else:
            low = middle
    return np.asarray(origin + np.float32(high) * (inside - origin), np.float32)


def walk(origin: Pixels, start: Pixels, decide: Decision, asked: Asked, rng: np.random.Generator) -> Pixels:
    """Along the border from ``start``, which is decided as wanted, until ``asked`` (which ``decide`` asks) runs out:
    the nearest picture to the original that was found on it."""
    best, turn = to_border(start, origin, decide, asked), 1
    while asked.left > _FIRST:
        far = _length(best - origin)
        upwards = _upwards(best, np.float32(_NOISE * far), decide, min(int(_FIRST * turn**0.5), asked.left), rng)
        step = far / turn**0.5
        while asked.left and step > _EXACT * far:
            moved = np.asarray(np.clip(best + np.float32(step) * upwards, 0, 1), np.float32)
            if decide(moved)[0]:
                best = to_border(moved, origin, decide, asked)
                break
            step /= 2
        turn += 1
    return best


def _upwards(best: Pixels, size: np.float32, decide: Decision, number: int, rng: np.random.Generator) -> Pixels:
    """The direction, of length 1, away from the border at ``best``: the mean of noise of that size, by its decisions
    (equation 9 of the paper, less the mean decision)."""
    noise = np.asarray(rng.standard_normal((number, *best.shape[1:])), np.float32)
    noise /= np.sqrt(np.sum(noise**2, axis=(1, 2, 3), keepdims=True))
    seen = np.asarray(np.clip(best + size * noise, 0, 1), np.float32)
    votes = np.where(decide(seen), np.float32(1), np.float32(-1))
    votes = votes - votes.mean() if abs(votes.mean()) < 1 else votes
    ascent = np.tensordot(votes, seen - best, 1)[None]
    return np.asarray(ascent / max(_length(ascent), 1e-12), np.float32)


def _length(change: Pixels) -> float:
    return float(np.sqrt(np.sum(change**2)))


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

    return budget.project(walk(origin, noise[[int(losses.argmin())]], decide, asked, rng), origin)


HOP_SKIP_JUMP = query_attack(
    "hop-skip-jump",
    "walks along the border of decisions, which a few scores have placed",
    'Chen et al., "HopSkipJumpAttack: a query-efficient decision-based attack", IEEE S&P 2020',
    hop_skip_jump,
    norm="l2",
    size=40,
)
