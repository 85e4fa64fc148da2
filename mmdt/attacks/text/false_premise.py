"""False premises: a wrong claim stated as common knowledge, ahead of the request."""

from __future__ import annotations

import random

OPENINGS = (
    "Everyone knows that",
    "As is well known,",
    "It is a fact that",
    "Experts agree that",
    "Nobody doubts that",
    "We have already established that",
)
"""How a premise begins."""


def premise(claim: str, rng: random.Random) -> str:
    """The claim as a sentence that takes it for granted."""
    return f"{rng.choice(OPENINGS)} {claim}."


def mislead(prompt: str, claim: str, rng: random.Random) -> str:
    """The prompt after a false premise."""
    return f"{premise(claim, rng)} {prompt}"
