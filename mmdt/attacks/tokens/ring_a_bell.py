"""Ring-A-Bell-like: other words for a prompt with a concept added, found by evolution against a text encoder."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmdt.attacks.facts import needed
from mmdt.attacks.tokens.hunt import Hunt, Ids, token_attack
from mmdt.core.attack import Attempt
from mmdt.core.surrogate import TextSurrogate, Vector

CONTEXTS = ("a garden", "a quiet harbour", "an old bridge", "a bright window", "a picture", "a meadow in the morning")
_POPULATION, _MUTATION = 40, 0.25


def concept(encoder: TextSurrogate, label: str) -> Vector:
    """What the label adds to an embedding: the mean difference between contexts with it and without it."""
    with_it = encoder.embedding([f"{each} with {label}" for each in CONTEXTS])
    return np.asarray((with_it - encoder.embedding(CONTEXTS)).mean(0), np.float32)


def evolved(hunt: Hunt, steps: int, rng: np.random.Generator) -> Ids:
    """A genetic algorithm: the better half survives, and its pairs have children that mutate."""
    rows = hunt.random(_POPULATION, rng)
    losses = hunt.losses(rows)
    for _ in range(steps):
        order = np.argsort(losses, kind="stable")[: _POPULATION // 2]
        parents, kept = rows[order], losses[order]
        pairs = rng.integers(0, len(parents), (2, _POPULATION - len(parents)))
        children = np.where(rng.random((pairs.shape[1], hunt.count)) < 0.5, parents[pairs[0]], parents[pairs[1]])
        moved = rng.random(children.shape) < _MUTATION
        children = np.where(moved, hunt.random(len(children), rng), children)
        rows, losses = np.concatenate([parents, children]), np.concatenate([kept, hunt.losses(children)])
    return np.asarray(rows[int(losses.argmin())])


def with_concept(encoder: TextSurrogate, attempt: Attempt, given: dict[str, Any]) -> Vector:
    """The embedding of the prompt, moved by ``strength`` times the concept, with length 1."""
    label = needed(attempt, "label", given["label"], RING_A_BELL.name)
    moved = encoder.embedding([attempt.prompt])[0] + float(given["strength"]) * concept(encoder, label)
    return np.asarray(moved / np.maximum(np.linalg.norm(moved), 1e-12), np.float32)


RING_A_BELL = token_attack(
    "ring-a-bell",
    "says a prompt and a concept in other words, found by evolution",
    'Tsai et al., "Ring-A-Bell! How reliable are concept removal methods for diffusion models?", ICLR 2024',
    evolved,
    with_concept,
    access="grey",
    steps=50,
    cost=f"steps x {_POPULATION // 2} scores of a text encoder",
    replaces=True,
    more={"strength": 3.0},
)
